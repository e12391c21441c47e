"""Stored mail: written once, sent once, tried again with growing pauses, gathered, stopped, emptied."""

from __future__ import annotations

import email
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import Message as Parsed
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from isthmus.apps.core import chores, jobs, mail, mail_delivery, mail_transports, personal
from isthmus.apps.core.mail_transports import Later, Refused, Unsure
from isthmus.apps.core.models import Frequency, Job, JobState, MailChoice, Message, MessageState
from isthmus.apps.core.notices import TASK, job_ended
from tests.conftest import People

pytestmark = pytest.mark.django_db
TO = "olive@example.org"
Rendered = mail.Rendered


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What comes out: each mail handed over. Put exceptions in front to have tries fail."""
    out: list[Any] = []

    def hand_over(rendered: Rendered) -> None:
        if out and isinstance(out[0], Exception):
            raise out.pop(0)
        out.append(rendered)

    monkeypatch.setitem(mail_transports.TRANSPORTS, "file", hand_over)
    return out


def stored(key: str = "a", **given: Any) -> Message:
    message = mail.send(
        TASK, mail.letter("‘A plan’ has finished.", label="See it", path="/plans/1/"), to=TO, key=key, **given
    )
    assert message is not None
    return message


def due_again(message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(next_try_at=timezone.now())


def test_a_message_is_sent_once(line: list[Any]) -> None:
    message = stored()
    assert stored() == message, "the same thing is not told twice"
    assert mail_delivery.deliver() == 1
    assert mail_delivery.deliver() == 0
    assert len(line) == 1
    message.refresh_from_db()
    assert (message.state, message.tries) == (MessageState.SENT, 1)
    assert message.sent_at


def test_a_message_goes_with_the_transaction_that_causes_it() -> None:
    def fails() -> None:
        with transaction.atomic():
            stored()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not Message.objects.exists()


def test_the_mail_is_useful_in_itself(line: list[Any]) -> None:
    stored()
    mail_delivery.deliver()
    said: Rendered = line[0]
    assert "‘A plan’ has finished." in said.text
    assert "http://localhost:8000/plans/1/" in said.text
    assert '<a href="http://localhost:8000/plans/1/">See it</a>' in said.html
    assert said.unsubscribe in said.text
    assert said.subject == TASK.subject


def test_html_in_what_is_said_is_text() -> None:
    message = mail.send(TASK, mail.letter("<script>alert(1)</script> & co"), to=TO, key="x")
    assert message is not None
    said = mail.render(message)
    assert "<script>" not in said.html
    assert "<script>alert(1)</script> & co" in said.text


def test_a_failure_is_tried_again_later_and_later_then_given_up(line: list[Any]) -> None:
    tries = len(mail_delivery.PAUSES) + 1
    line += [Later("451 busy")] * tries
    message = stored()
    for number in range(1, tries + 1):
        assert mail_delivery.deliver() == 0
        message.refresh_from_db()
        assert message.tries == number
        if number < tries:
            assert message.state == MessageState.FAILED
            pause = message.next_try_at - timezone.now()
            assert abs(pause - mail_delivery.PAUSES[number - 1]) < timedelta(seconds=30)
            assert mail_delivery.deliver() == 0, "not before its time"
            due_again(message)
    assert (message.state, message.error) == (MessageState.GIVEN_UP, "451 busy")
    due_again(message)
    assert mail_delivery.deliver() == 0
    assert line == []


@pytest.mark.parametrize(
    ("error", "state", "said"),
    [
        (Later("busy"), MessageState.FAILED, "busy"),
        (Refused("550 no such person"), MessageState.GIVEN_UP, "550 no such person"),
        (Unsure("TimeoutError"), MessageState.GIVEN_UP, "It may have arrived"),
        (RuntimeError("olive@example.org"), MessageState.FAILED, "RuntimeError"),
    ],
)
def test_what_follows_from_each_failure(
    line: list[Any], error: Exception, state: MessageState, said: str
) -> None:
    line.append(error)
    message = stored()
    mail_delivery.deliver()
    message.refresh_from_db()
    assert message.state == state
    assert said in message.error
    assert TO not in message.error


def test_one_that_fails_does_not_keep_the_next_from_going(line: list[Any]) -> None:
    line.append(Later("busy"))
    stored("a")
    stored("b")
    assert mail_delivery.deliver() == 1


def test_two_workers_send_one_mail(line: list[Any]) -> None:
    stored()
    copies = [Message.objects.get(), Message.objects.get()]
    assert [mail_delivery._try(copy) for copy in copies] == [True, False]
    assert len(line) == 1


def test_a_worker_that_died_while_sending_never_sends_twice(line: list[Any]) -> None:
    message = stored()
    long_ago = timezone.now() - mail_delivery.SILENT - timedelta(seconds=1)
    Message.objects.update(state=MessageState.SENDING, next_try_at=long_ago)
    assert mail_delivery.deliver() == 0
    assert mail_delivery.give_up_interrupted() == 1
    message.refresh_from_db()
    assert message.state == MessageState.GIVEN_UP
    assert "may have arrived" in message.error


def test_what_would_come_too_late_is_not_sent(line: list[Any]) -> None:
    message = stored(useless_after=timezone.now() + timedelta(seconds=5))
    Message.objects.update(
        created_at=timezone.now() - timedelta(hours=1), useless_after=timezone.now() - timedelta(seconds=1)
    )
    assert mail_delivery.deliver() == 0
    message.refresh_from_db()
    assert message.state == MessageState.GIVEN_UP


def test_one_click_stops_a_kind_and_looking_does_not(client: Client, line: list[Any]) -> None:
    stored("a")
    mail_delivery.deliver()
    url = line[0].unsubscribe.removeprefix("http://localhost:8000")
    for _ in range(2):
        assert "Stop this mail" in client.get(url).content.decode()
    assert MailChoice.objects.get().frequency == Frequency.AT_ONCE
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 302
    assert MailChoice.objects.get().frequency == Frequency.NEVER
    assert "You get no more mail" in client.get(url).content.decode()
    assert mail.send(TASK, mail.letter("x"), to=TO.upper(), key="b") is None


def test_some_mail_cannot_be_stopped() -> None:
    mail.choose(TO, mail.DIGEST.name, Frequency.NEVER)
    message = mail.send(mail.DIGEST, mail.letter("x"), to=TO, key="a")
    assert message is not None
    assert mail.render(message).unsubscribe == ""
    assert mail.DIGEST not in mail.kinds_to_choose()


def test_the_summary_gathers_a_day_into_one_mail(line: list[Any]) -> None:
    mail.choose(TO, TASK.name, Frequency.DAILY)
    for number in range(3):
        assert stored(f"yesterday {number}").state == MessageState.GATHERED
    Message.objects.update(created_at=timezone.now() - timedelta(days=1))
    stored("today")
    morning = timezone.localtime().replace(hour=7, minute=30)
    assert mail_delivery.summarise(morning.replace(hour=6)) == 0, "too early"
    assert mail_delivery.deliver() == 0
    assert mail_delivery.summarise(morning) == 1
    assert mail_delivery.summarise(morning) == 0
    assert mail_delivery.deliver() == 1
    assert line[0].text.count("has finished") == 3
    assert Message.objects.filter(state=MessageState.GATHERED).get().key == "today"
    mail.choose(TO, TASK.name, Frequency.AT_ONCE)
    assert mail_delivery.deliver() == 1, "what was gathered goes at once to somebody who changes their mind"


def test_people_choose_which_mail_they_get(people: People, client_for: Callable[..., Client]) -> None:
    client = client_for(people.head)
    page = client.get("/mail/").content.decode()
    assert "How long tasks ended" in page
    client.post("/mail/", {"kind-task": "daily", "kind-role.term": "nonsense"})
    assert MailChoice.objects.get(email=people.head.email, kind="task").frequency == Frequency.DAILY
    assert MailChoice.objects.filter(kind="role.term").count() == 0
    assert 'value="daily" checked' in client.get("/mail/").content.decode()


def test_old_mail_is_emptied_and_its_key_still_counts(line: list[Any]) -> None:
    message = stored()
    mail_delivery.deliver()
    declared = personal.find("mail")
    assert declared
    cutoff = timezone.now() - timedelta(days=declared.keep.days)
    assert declared.dispose(cutoff, personal.Held()) == 0
    Message.objects.update(sent_at=cutoff - timedelta(seconds=1))
    assert declared.dispose(cutoff, personal.Held()) == 1
    message.refresh_from_db()
    assert (message.to, message.letter, message.person, message.state) == ("", {}, None, MessageState.SENT)
    assert stored() == message


def test_a_chore_that_fails_keeps_no_other_from_being_done(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def breaks() -> None:
        raise RuntimeError

    monkeypatch.setattr(chores, "_CHORES", {"a": breaks, "b": lambda: done.append("b")})
    chores.run()
    assert done == ["b"]


@pytest.mark.parametrize(
    ("state", "told"),
    [(JobState.DONE, 1), (JobState.FAILED, 1), (JobState.CANCELLED, 0), (JobState.RUNNING, 0)],
)
def test_whoever_started_a_task_is_told_once_how_it_ended(people: People, state: JobState, told: int) -> None:
    job = Job.objects.create(
        kind="x",
        title="Plan of networks: Autumn",
        scope_kind="installation",
        started_by=people.officer,
        state=state,
    )
    job_ended(job)
    job_ended(job)
    found = Message.objects.filter(to=people.officer.email, kind="task")
    assert found.count() == told
    assert all("Autumn" in str(message.letter) for message in found)


def test_a_task_that_ends_in_the_worker_tells(people: People) -> None:
    jobs.job_kind("test.mail", title="A test")(lambda job: None)
    try:
        job = jobs.start("test.mail", by=people.officer, params={}, result_url="/there/")
        jobs.run_job.call(str(job.pk), 1)
    finally:
        del jobs._KINDS["test.mail"]
    assert "/there/" in mail.render(Message.objects.get(key=f"task:{job.pk}")).text


def test_the_demonstration_shows_its_mail(client: Client, settings: Any) -> None:
    message = stored()
    page = client.get("/mail/demonstration/").content.decode()
    assert TO in page
    assert "‘A plan’ has finished." in client.get(f"/mail/demonstration/{message.pk}/").content.decode()
    settings.DEMONSTRATION = False
    assert client.get("/mail/demonstration/").status_code == 404
    settings.DEMONSTRATION, settings.MAIL_TRANSPORT = True, "smtp"
    assert client.get(f"/mail/demonstration/{message.pk}/").status_code == 404


def test_a_file_is_a_whole_mail_with_the_headers_of_one_click(settings: Any) -> None:
    message = stored()
    assert mail_delivery.deliver() == 1
    parsed = email.message_from_bytes((settings.DATA / "mail" / f"{message.pk}.eml").read_bytes())
    assert parsed["To"] == TO
    assert parsed["Message-ID"] == f"<{message.pk}@localhost>"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/mail/stop/" in parsed["List-Unsubscribe"]
    assert parsed["Auto-Submitted"] == "auto-generated"
    kinds = [part.get_content_type() for part in parsed.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html"]


class Post(socketserver.StreamRequestHandler):
    """A mail server that answers as `said` has it and keeps what it takes."""

    said: dict[str, str] = {}
    taken: list[Parsed] = []

    def handle(self) -> None:
        self.answer("220 hello")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                self.answer("354 go on")
                if not self.read_mail():
                    return
            elif word == "QUIT":
                return
            else:
                self.answer(self.said.get(word, "250 well"))

    def read_mail(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        if "END" not in self.said:
            self.taken.append(email.message_from_bytes(b"".join(lines)))
        answer = self.said.get("END", "250 taken")
        if answer:
            self.answer(answer)
        return bool(answer)

    def answer(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def post(settings: Any) -> Iterator[type[Post]]:
    """A mail server on this machine."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Post.said, Post.taken = {}, []
    settings.MAIL_TRANSPORT, settings.MAIL_SMTP = "smtp", f"smtp://127.0.0.1:{server.server_address[1]}"
    yield Post
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({}, MessageState.SENT),
        ({"RCPT": "550 unknown"}, MessageState.GIVEN_UP),
        ({"RCPT": "451 greylisted"}, MessageState.FAILED),
        ({"MAIL": "421 busy"}, MessageState.FAILED),
        ({"END": "554 spam"}, MessageState.GIVEN_UP),
        ({"END": "452 full"}, MessageState.FAILED),
        ({"END": ""}, MessageState.GIVEN_UP),
    ],
)
def test_smtp_tells_what_was_taken_from_what_was_not(
    post: type[Post], said: dict[str, str], state: MessageState
) -> None:
    post.said = said
    message = stored()
    mail_delivery.deliver()
    message.refresh_from_db()
    assert message.state == state, message.error
    assert [taken["To"] for taken in post.taken] == ([TO] if state == MessageState.SENT else [])


def test_a_server_that_is_not_there_is_tried_again(settings: Any) -> None:
    settings.MAIL_TRANSPORT, settings.MAIL_SMTP = "smtp", "smtp://127.0.0.1:9"
    message = stored()
    mail_delivery.deliver()
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.FAILED, "ConnectionRefusedError")


def test_a_name_and_password_never_go_in_the_clear(post: type[Post], settings: Any) -> None:
    settings.MAIL_SMTP = settings.MAIL_SMTP.replace("smtp://", "smtp://me:secret@")
    message = stored()
    mail_delivery.deliver()
    message.refresh_from_db()
    assert message.state == MessageState.FAILED, "the server offers no encryption"
    assert post.taken == []


@pytest.fixture
def notify(settings: Any) -> Iterator[Callable[[int], list[Any]]]:
    """`notify(status)` answers so from now; gives the list of what was asked."""
    asked: list[Any] = []
    answer = [201]

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, self.headers["Authorization"], body))
            self.send_response(answer[0])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Tests are quiet."""

    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.MAIL_TRANSPORT, settings.MAIL_NOTIFY_URL = "notify", f"http://127.0.0.1:{server.server_port}"
    settings.MAIL_NOTIFY_KEY = (
        "ours-11111111-2222-3333-4444-555555555555-66666666-7777-8888-9999-000000000000"
    )
    settings.MAIL_NOTIFY_TEMPLATE = "a-template"

    def say(status: int) -> list[Any]:
        answer[0] = status
        return asked

    yield say
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (201, MessageState.SENT),
        (400, MessageState.GIVEN_UP),
        (403, MessageState.FAILED),
        (429, MessageState.FAILED),
        (500, MessageState.FAILED),
    ],
)
def test_the_notification_service_gets_a_signed_request(
    notify: Callable[[int], list[Any]], status: int, state: MessageState
) -> None:
    asked = notify(status)
    message = stored()
    mail_delivery.deliver()
    message.refresh_from_db()
    assert message.state == state
    path, authorisation, body = asked[0]
    assert path == "/v2/notifications/email"
    assert (body["email_address"], body["reference"], body["template_id"]) == (
        TO,
        str(message.pk),
        "a-template",
    )
    assert body["personalisation"]["subject"] == TASK.subject
    assert "has finished" in body["personalisation"]["body"]
    import base64
    import hashlib
    import hmac

    head, claims, signature = authorisation.removeprefix("Bearer ").split(".")
    secret = b"66666666-7777-8888-9999-000000000000"
    want = hmac.new(secret, f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == want
    assert (
        json.loads(base64.urlsafe_b64decode(claims + "=="))["iss"] == "11111111-2222-3333-4444-555555555555"
    )


def test_a_key_that_is_none_is_said_and_sends_nothing(
    notify: Callable[[int], list[Any]], settings: Any
) -> None:
    asked = notify(201)
    settings.MAIL_NOTIFY_KEY = "secret-but-wrong"
    message = stored()
    mail_delivery.deliver()
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert "secret-but-wrong" not in message.error
    assert asked == []


def test_no_kind_of_mail_has_anything_of_its_message_in_the_subject() -> None:
    assert all("{" not in kind.subject and "%" not in kind.subject for kind in mail._KINDS.values())
    assert {"task", "digest", "invitation", "role.term", "role.ended"} <= set(mail._KINDS)


def test_the_day_of_a_summary_is_the_day_in_england() -> None:
    mail.choose(TO, TASK.name, Frequency.DAILY)
    stored("just before midnight")
    # 23:30 UTC on 30 June is half past midnight on 1 July in England.
    Message.objects.update(created_at=datetime.fromisoformat("2026-06-30T23:30:00+00:00"))
    assert mail_delivery.summarise(datetime.fromisoformat("2026-07-01T07:00:00+00:00")) == 0
    assert mail_delivery.summarise(datetime.fromisoformat("2026-07-02T07:00:00+00:00")) == 1


@pytest.mark.django_db
def test_a_kind_that_is_not_kept_is_emptied_where_its_worker_died(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_KINDS", dict(mail._KINDS))
    kind = mail.mail_kind("test.gone", subject="Gone", words="x", may_stop=False, emptied_once_over=True)
    sent = mail.send(
        kind, mail.letter("Secret"), to="a@example.org", key="gone", token=mail.Token("test", "1")
    )
    assert sent is not None
    long_ago = timezone.now() - timedelta(hours=1)
    Message.objects.filter(pk=sent.pk).update(state=MessageState.SENDING, next_try_at=long_ago)
    assert mail_delivery.give_up_interrupted() == 1
    sent.refresh_from_db()
    assert (sent.to, sent.letter, sent.token, sent.state) == ("", {}, None, MessageState.GIVEN_UP)
    assert "may have arrived" in sent.error
