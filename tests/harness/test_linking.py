"""After the close, whoever has everything that lies on the disk cannot tell who gave which anonymous answer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.harness import linking, postgres
from tests.harness.answering import Answer, Sender, Wave, draw, open_wave, start_close
from tests.harness.conftest import Install
from tests.harness.installation import Installation, wait_for
from tests.needs import need

PEOPLE, COLLUDERS = 220, 20
MOST_RIGHT = 5
CHANCE = 0.3
"""A rank correlation of 200 people that chance gives once in 40,000."""
# As docs/surveys-storage.md asks of operators: segments of the log are removed, not used again.
SETTINGS = {"fsync": "off", "wal_recycle": "off"}
# One run in every `make test`, three on each database in `make prove`.
RUNS = [
    pytest.param(
        name, seed, marks=pytest.mark.scenario if (name, seed) == ("sqlite", 1) else pytest.mark.prove
    )
    for name in ("sqlite", "postgresql")
    for seed in (1, 2, 3)
]
# In `make test` on PostgreSQL, whose rows tell more of when they were written.
LINK_RUNS = [
    pytest.param(
        name, seed, marks=pytest.mark.scenario if (name, seed) == ("postgresql", 1) else pytest.mark.prove
    )
    for name in ("sqlite", "postgresql")
    for seed in (1, 2, 3)
]
WORKER = """
import django
django.setup()
from isthmus.apps.surveys import tasks
tasks.stir = lambda: None  # or an hourly chore hides what is broken, as long as numbers are drawn
{broken}
from isthmus.site import worker
worker.run(once=True)
"""
BROKEN = {
    "answers are moved in their order": "import random\nrandom.SystemRandom.shuffle = lambda self, rows: None",
    "tables are not written anew": "tasks.scrub = lambda: None",
}
BUSY = "SELECT 1 FROM surveys_wave WHERE id = {pk} AND state <> 'closed'"


@dataclass
class Scene:
    """An installation whose wave was answered, and all that an attacker can read of it."""

    installation: Installation
    server: postgres.Server | None
    wave: Wave
    answers: list[Answer]
    before: dict[str, int] = field(default_factory=dict)

    @property
    def folders(self) -> list[Path]:
        """Where the database's files and the logs lie."""
        own = [self.installation.folder]
        return [*own, self.server.folder] if self.server else own

    def channels(self, secrets: list[bytes]) -> dict[str, linking.Channel]:
        """Everything in which the secrets can be put in an order."""
        if self.server:
            found = linking.postgres_channels(self.server.url, secrets)
        else:
            found = linking.sqlite_channels(self.installation.folder / "isthmus.sqlite3", secrets)
        for folder in self.folders:
            for name, content in linking.files(folder):
                found |= linking.in_file(name, content, secrets)
        return found

    def guess(self, secrets: list[bytes]) -> linking.Guess | None:
        """The colluders are every eleventh of those who answered."""
        people = range(len(secrets))
        return linking.attack(self.channels(secrets), list(people)[:: PEOPLE // COLLUDERS], people)

    def numbers_left(self) -> set[str]:
        """Files in which the random number of some ballot still stands."""
        order = "little" if self.server else "big"
        numbers = [answer.ballot.to_bytes(8, order) for answer in self.answers]  # type: ignore[arg-type]  # either word
        if not self.server:
            numbers += [varint(answer.ballot) for answer in self.answers]
        return {
            name
            for folder in self.folders
            for name, content in linking.files(folder)
            if sum(number in content for number in numbers) > 1  # SQLite keeps the largest of any table
        }


def varint(number: int) -> bytes:
    """As SQLite writes the number of a row that is larger than 2 ** 56."""
    seven = [(number >> shift) & 0x7F | 0x80 for shift in range(57, 7, -7)]
    return bytes([*seven, number & 0xFF])


def counts(installation: Installation) -> dict[str, int]:
    """Rows by table."""
    if installation.database.startswith("sqlite"):
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    tables = [name for (name,) in installation.rows(names)]
    return {name: installation.one(f'SELECT COUNT(*) FROM "{name}"') for name in tables}


@contextmanager
def answered(install: Install, database: str, seed: int, *, numbered: bool = False) -> Iterator[Scene]:
    """People answer one after another, in the order of the list; a table of answers is all that grows.

    `numbered` is a form that numbers ballots one after another instead of drawing numbers.
    """
    with ExitStack() as stack:
        server = None
        if database == "postgresql":
            need(postgres.programs(), postgres.NEEDED)
            server = stack.enter_context(postgres.server(SETTINGS))
        installation = install(server.url if server else database)
        stack.callback(installation.close)
        wave = open_wave(installation)
        installation.start_web()
        chance = random.Random(seed)
        answers = [draw(wave, chance, f"{chance.randbytes(8).hex()} was said") for _ in range(PEOPLE)]
        if numbered:
            answers = [replace(answer, ballot=1000 + number) for number, answer in enumerate(answers)]
        before = counts(installation)
        heard = (installation.folder / "web.log").read_text()
        sender = Sender(installation.port)
        for answer in answers:
            assert sender.get(f"/a/{answer.code}/")[0] == 200
            assert sender.send(wave, answer)
            assert sender.get(f"/a/{answer.code}/thanks/")[0] == 200
        sender.end()
        grown = {name for name, number in counts(installation).items() if number != before[name]}
        assert grown == {"surveys_ballot"}
        assert (installation.folder / "web.log").read_text() == heard, "the log says nothing of who came when"
        yield Scene(installation, server, wave, answers)


def close(scene: Scene, broken: str = "") -> None:
    """Close the wave: by the worker itself, or by one in which a part was broken."""
    start_close(scene.installation, scene.wave)
    busy = BUSY.format(pk=scene.wave.pk)
    if broken:
        scene.installation.python(WORKER.format(broken=broken))
    else:
        scene.installation.start_worker()
    wait_for(lambda: not scene.installation.rows(busy), lambda: scene.installation.log("worker"), 120)


def secrets(scene: Scene) -> dict[str, list[bytes]]:
    """What the attacker wants to put names to: answers, and what people wrote."""
    return {
        "answers": [answer.kept_as(scene.wave) for answer in scene.answers],
        "comments": [answer.said.encode() for answer in scene.answers],
    }


@contextmanager
def somebody_writes_for_long(scene: Scene) -> Iterator[None]:
    """A transaction that began before the close, for whose sake PostgreSQL would keep removed rows."""
    if scene.server is None:
        yield
        return
    import psycopg

    with psycopg.connect(scene.server.url) as held:
        held.execute("SELECT txid_current()")  # it has a number of its own, as one that writes
        yield


def sample(scene: Scene) -> None:
    """PostgreSQL looks at its tables for the planner, as it does by itself once enough rows have come."""
    if scene.server is not None:
        scene.installation.write("ANALYZE")


@pytest.mark.parametrize(("database", "seed"), RUNS)
def test_nobody_can_tell_who_said_what(install: Install, database: str, seed: int) -> None:
    with answered(install, database, seed) as scene:
        wanted = secrets(scene)
        open_ = scene.guess(wanted["answers"])
        assert open_ is not None
        assert open_.right == PEOPLE - COLLUDERS, f"the attacker is no good: before the close, {open_}"
        with somebody_writes_for_long(scene):
            sample(scene)
            close(scene)
            for what, found in wanted.items():
                guess = scene.guess(found)
                assert guess is not None, f"the {what} themselves are there"
                print(f"{database}, run {seed}, {what}: {guess}")
                assert guess.right <= MOST_RIGHT, (what, guess)
                assert abs(guess.correlation) < CHANCE, (what, guess)
            assert scene.numbers_left() == set()


MARK = """
import django
django.setup()
from isthmus.apps.surveys import tasks
tasks.{step}()
"""
LISTED = "SELECT COUNT(*) FROM surveys_invited"


@contextmanager
def answered_by_links(
    install: Install, database: str, seed: int, *, at_once: bool = False
) -> Iterator[Scene]:
    """As `answered`, each by a link of their own, in an order that has nothing to do with the list's; reminders are on
    their way. `at_once` marks somebody as soon as they have answered, as a system would that had not thought of it."""
    with ExitStack() as stack:
        server = None
        if database == "postgresql":
            need(postgres.programs(), postgres.NEEDED)
            server = stack.enter_context(postgres.server(SETTINGS))
        installation = install(server.url if server else database)
        stack.callback(installation.close)
        memory = installation.folder / "memory"
        memory.mkdir()
        installation.variables["ISTHMUS_MEMORY"] = str(memory)  # so that the attacker has it, too
        wave = open_wave(installation, linked=PEOPLE)
        chance = random.Random(seed)
        links = chance.sample(wave.links, PEOPLE)
        wave = replace(wave, links=links)
        installation.start_web()
        answers = []
        for code, token, _email, _mark in links:
            drawn = draw(wave, chance, f"{chance.randbytes(8).hex()} was said")
            answers.append(replace(drawn, code=code, link=token))
        sender = Sender(installation.port)
        for number, answer in enumerate(answers):
            assert sender.get(f"/a/{answer.code}/link/{answer.link}/")[0] == 200
            assert sender.send(wave, answer)
            if at_once:
                mark = links[number][3]
                installation.write(f"UPDATE surveys_invited SET answered = '1' WHERE mark = '{mark}'")
            elif number in (70, 140):
                installation.python(MARK.format(step="mark_used"))
        sender.end()
        yield Scene(installation, server, wave, answers)


def joined(scene: Scene) -> linking.Guess | None:
    """What the attacker makes of the answers beside the list of people, by their addresses or their links' hashes."""
    kept = scene.channels([answer.kept_as(scene.wave) for answer in scene.answers])
    people = range(len(scene.answers))
    lists: dict[str, linking.Channel] = {}
    for what in (2, 3):
        listed = scene.channels([link[what].encode() for link in scene.wave.links])
        lists |= {f"{name} ({what})": channel for name, channel in listed.items()}
    return linking.join(kept, lists, list(people)[:: PEOPLE // COLLUDERS], people)


@pytest.mark.parametrize(("database", "seed"), LINK_RUNS)
def test_nobody_can_tell_whose_link_gave_which_answer(install: Install, database: str, seed: int) -> None:
    """Neither before the close, with lists, marks, mail and the list in memory at hand, nor after it."""
    with answered_by_links(install, database, seed) as scene:
        marked = "SELECT COUNT(*) FROM surveys_invited WHERE answered"
        assert scene.installation.one(marked) == 141, "so there are marks to be read"
        guess = joined(scene)
        assert guess is not None
        print(f"{database}, run {seed}, open: {guess}")
        assert guess.right <= MOST_RIGHT, guess
        close(scene)
        guess = joined(scene)
        print(f"{database}, run {seed}, closed: {guess}")
        assert guess is None or guess.right <= MOST_RIGHT, guess
        assert scene.installation.one(LISTED) == 0
        assert (
            scene.installation.one(
                "SELECT COUNT(*) FROM core_message WHERE kind = 'survey.link' AND \"to\" <> ''"
            )
            == 0
        )
        assert scene.numbers_left() == set()


@pytest.mark.prove
def test_the_attacker_finds_a_mark_that_is_set_at_once(install: Install) -> None:
    """Of PostgreSQL's rows each tells the transaction that wrote it last: the order of marks is that of answers."""
    with answered_by_links(install, "postgresql", 5, at_once=True) as scene:
        guess = joined(scene)
        assert guess is not None
        print(guess)
        assert guess.right == PEOPLE - COLLUDERS


def test_two_orders_that_go_together_are_found_out() -> None:
    chance, people = random.Random(2), range(PEOPLE)
    noise = {f"n{n}": {p: chance.random() for p in people} for n in range(20)}
    colluders = list(people)[:: PEOPLE // COLLUDERS]
    guess = linking.join(
        noise, {f"m{n}": {p: chance.random() for p in people} for n in range(20)}, colluders, people
    )
    assert guess is not None
    assert guess.right <= MOST_RIGHT
    told = {p: chance.random() for p in people}
    found = linking.join(
        {**noise, "a": told}, {**noise, "b": {p: -told[p] for p in people}}, colluders, people
    )
    assert found is not None
    assert found.right == PEOPLE - COLLUDERS


@pytest.mark.prove
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("broken", BROKEN)
def test_the_attacker_finds_what_is_broken(install: Install, database: str, broken: str) -> None:
    # On SQLite drawn numbers are a protection of their own: rows lie in their order, shuffled or not.
    with answered(install, database, 4, numbered="order" in broken) as scene:
        close(scene, BROKEN[broken])
        guess = scene.guess(secrets(scene)["answers"])
        assert guess is not None
        print(f"{database}, {broken}: {guess}")
        if "order" in broken:
            assert guess.right > MOST_RIGHT
            assert abs(guess.correlation) > 0.9
        else:
            assert guess.right > MOST_RIGHT or scene.numbers_left()


def test_the_attacker_does_no_better_than_chance_where_there_is_nothing() -> None:
    chance = random.Random(1)
    people = range(PEOPLE)
    orders = {f"channel {n}": {p: chance.random() for p in people} for n in range(30)}
    guess = linking.attack(orders, list(people)[:: PEOPLE // COLLUDERS], people)
    assert guess is not None
    assert guess.right <= MOST_RIGHT
    told = linking.attack(
        {**orders, "backwards": {p: -p for p in people}}, list(people)[:: PEOPLE // COLLUDERS], people
    )
    assert told is not None
    assert (told.channel, told.right) == ("backwards", PEOPLE - COLLUDERS)
