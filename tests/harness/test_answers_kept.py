"""Anonymous answers through kill -9, a close while they come in, and a full disk: acknowledged is kept, once."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import re
import resource
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.harness.answering import Answer, Sender, Wave, draw, open_wave, start_close
from tests.harness.conftest import Install
from tests.harness.installation import Installation, hidden, wait_for
from tests.harness.test_kills import let_time_pass

KILLS = [
    pytest.param("sqlite", 10, marks=pytest.mark.scenario),
    pytest.param("sqlite", 200, marks=pytest.mark.prove),
    pytest.param("postgresql", 200, marks=pytest.mark.prove),
]
BOTH = [
    pytest.param("sqlite", marks=pytest.mark.scenario),
    pytest.param("postgresql", marks=pytest.mark.prove),
]


CLOSE = "kind = 'surveys.close' AND title LIKE '%together with others%'"


@dataclass
class Devices:
    """Devices that answer, one after another; each sends an answer until it is acknowledged, as people would."""

    installation: Installation
    wave: Wave
    acknowledged: list[Answer] = field(default_factory=list)
    sent: list[Answer] = field(default_factory=list)
    not_answered: int = 0
    refused: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def answering(self, number: int = 3) -> Iterator[None]:
        """Send until the block ends."""
        threads = [threading.Thread(target=self._device, args=(seed,)) for seed in range(number)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _device(self, seed: int) -> None:
        chance, sender = random.Random(seed), Sender(self.installation.port)
        while not self._stop.is_set():
            answer = draw(self.wave, chance)
            self.sent.append(answer)
            while not self._stop.is_set():
                try:
                    kept = sender.send(self.wave, answer)
                except (OSError, http.client.HTTPException):
                    self.not_answered += 1  # it may be kept or not: it is sent again
                    time.sleep(0.02)
                    continue
                if kept:
                    self.acknowledged.append(answer)
                    if chance.random() < 0.1:  # a double click
                        with contextlib.suppress(OSError, http.client.HTTPException):
                            sender.send(self.wave, answer)
                else:
                    self.refused += 1
                    time.sleep(0.02)
                break
        sender.end()

    def wrong(self, table: str) -> dict[str, int]:
        """How many answers are lost, doubled, or were never sent, by what a table holds. Answers are all different."""
        rows = self.installation.rows(f"SELECT codes FROM {table} WHERE wave_id = {self.wave.pk}")
        there = Counter(bytes(codes) for (codes,) in rows)
        sent = {answer.kept_as(self.wave) for answer in self.sent}
        found = {
            "lost": sum(not there[answer.kept_as(self.wave)] for answer in self.acknowledged),
            "doubled": sum(number > 1 for number in there.values()),
            "never sent": len(there.keys() - sent),
        }
        return {what: number for what, number in found.items() if number}


def children(process: int) -> list[int]:
    """The processes that a process started."""
    return [
        int(child)
        for task in Path(f"/proc/{process}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def web_processes(installation: Installation) -> set[int]:
    """Those that answer requests."""
    with contextlib.suppress(FileNotFoundError):  # one of them went meanwhile
        return {
            process
            for server in children(installation.running["web"].pid)
            for process in children(server)
            if b"resource_tracker" not in Path(f"/proc/{process}/cmdline").read_bytes()
        }
    return set()


def kill_something(installation: Installation, chance: random.Random) -> None:
    """kill -9 one web process (another takes its place), now and then the whole website, or the worker."""
    which = chance.choices(["one", "website", "worker"], [17, 1, 2])[0]
    if which == "one":
        there = wait_for(lambda: web_processes(installation), lambda: "a web process is there")
        process = chance.choice(sorted(there))
        os.kill(process, signal.SIGKILL)
        wait_for(lambda: process not in web_processes(installation), lambda: "it was killed")
        return
    installation.kill("web" if which == "website" else "worker")
    if which == "website":
        assert not installation.answers(), "it was killed"
        installation.start_web()
    else:
        installation.start_worker()


@pytest.mark.parametrize(("database", "kills"), KILLS)
def test_kills_lose_no_acknowledged_answer_and_double_none(
    install: Install, database: str, kills: int
) -> None:
    installation = install(database)
    wave = open_wave(installation)
    installation.start_web()
    installation.start_worker()
    devices, chance, many = (
        Devices(installation, wave),
        random.Random(kills),
        len(web_processes(installation)),
    )
    with devices.answering():
        for _kill in range(kills):
            time.sleep(chance.uniform(0, 0.3))
            kill_something(installation, chance)
            before = len(devices.acknowledged)
            wait_for(
                lambda before=before: len(devices.acknowledged) > before,
                lambda: "somebody is answered again",
            )
        wait_for(
            lambda: len(web_processes(installation)) == many, lambda: "all web processes are there again"
        )
    assert devices.not_answered > 0, "no kill hit an answer, so nothing was tried"
    assert devices.wrong("surveys_ballot") == {}
    print(
        f"{database}: {kills} kills, {len(devices.acknowledged)} acknowledged, {devices.not_answered} broken off"
    )


@pytest.mark.parametrize("database", BOTH)
def test_a_close_takes_every_acknowledged_answer_along_and_ends_once(install: Install, database: str) -> None:
    installation = install(database)
    wave = open_wave(installation)
    installation.start_web()
    devices = Devices(installation, wave)
    with devices.answering(4):
        wait_for(lambda: len(devices.acknowledged) > 50, lambda: installation.log("web"))
        installation.start_worker()
        start_close(installation, wave)
        wait_for(
            lambda: installation.one(f"SELECT COUNT(*) FROM core_job WHERE {CLOSE} AND state <> 'queued'"),
            lambda: installation.log("worker"),
        )
        installation.kill("worker")
        wait_for(lambda: devices.refused > 4, lambda: "answers are refused")
    let_time_pass(installation)
    installation.start_worker()
    wait_for(
        lambda: installation.one(f"SELECT state FROM surveys_wave WHERE id = {wave.pk}") == "closed",
        lambda: installation.log("worker"),
        120,
    )
    assert devices.wrong("surveys_answer") == {}
    assert installation.one(f"SELECT COUNT(*) FROM surveys_ballot WHERE wave_id = {wave.pk}") == 0
    assert installation.one(f"SELECT COUNT(*) FROM surveys_report WHERE wave_id = {wave.pk}") == 1
    reports = f"SELECT COUNT(*) FROM core_auditevent WHERE action = 'wave.report' AND target_id = '{wave.pk}'"
    assert installation.one(reports) == 1


FAULTS = {
    "lost": "AFTER INSERT ON surveys_ballot WHEN NEW.id % 5 = 0 BEGIN "
    "DELETE FROM surveys_ballot WHERE id = NEW.id; END",
    "doubled": "AFTER INSERT ON surveys_ballot WHEN NEW.id % 5 = 0 BEGIN "
    "INSERT INTO surveys_ballot (id, wave_id, school_id, who, codes, comments) "
    "VALUES (NEW.id + 1, NEW.wave_id, NEW.school_id, NEW.who, NEW.codes, NEW.comments); END",
}


@pytest.mark.prove
@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_lost_or_doubled_is_noticed(install: Install, fault: str) -> None:
    installation = install("sqlite")
    wave = open_wave(installation)
    installation.write(f"CREATE TRIGGER faulty {FAULTS[fault]}")
    installation.start_web()
    devices = Devices(installation, wave)
    with devices.answering(2):
        wait_for(lambda: len(devices.acknowledged) > 100, lambda: installation.log("web"))
    assert devices.wrong("surveys_ballot").keys() == {fault}


@pytest.mark.scenario
def test_a_full_disk_refuses_an_answer_with_words_and_loses_nothing(install: Install) -> None:
    installation = install("sqlite")
    wave = open_wave(installation)
    installation.start_web()
    sender, chance = Sender(installation.port), random.Random(1)
    first, second = draw(wave, chance), draw(wave, chance, "A thought")
    assert sender.send(wave, first)
    for process in web_processes(installation):  # from here on no file may grow
        resource.prlimit(process, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    status, _, page = sender.post(f"/a/{second.code}/questions/", second.fields(wave))
    assert status == 503
    assert "Your answers are not sent yet" in page
    mine = f"FROM surveys_ballot WHERE wave_id = {wave.pk}"
    assert installation.one(f"SELECT COUNT(*) {mine}") == 1

    for process in web_processes(installation):
        resource.prlimit(process, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    form = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if "questions" in form)
    status, leads_to, _ = sender.post(f"/a/{second.code}/questions/", {**dict(hidden(form)), "do": "send"})
    assert (status, leads_to) == (302, f"/a/{second.code}/thanks/")
    kept = installation.rows(f"SELECT id, codes, comments {mine}")
    assert {(pk, bytes(codes)) for pk, codes, _ in kept} == {
        (answer.ballot, answer.kept_as(wave)) for answer in (first, second)
    }
    assert any("A thought" in comments for _, _, comments in kept)
    sender.end()
