"""What a subject is told at each step. Nothing private stands in a subject line."""

from __future__ import annotations

from isthmus.apps.accounts.rights.models import Bundle, Leaving, RequestState, Right, SubjectRequest
from isthmus.apps.core import mail
from isthmus.apps.core.dates import in_words

REQUEST = mail.mail_kind(
    "rights.request",
    subject="Your request about your information",
    words="requests about your own information",
    may_stop=False,
    despite_restriction=True,
)
ERASED = mail.mail_kind(
    "rights.erased",
    subject="Your request about your information",
    words="the end of a request to erase your information",
    may_stop=False,
    despite_restriction=True,
    emptied_once_over=True,
)
PURGED = mail.mail_kind(
    "leaving.purged",
    subject="What was kept of a school was removed",
    words="schools that left",
    may_stop=False,
)
WHAT = {
    Right.COPY: "a copy of everything that Isthmus keeps about you",
    Right.RECTIFY: "to have something put right",
    Right.RESTRICT: "to have your information kept, but not used",
    Right.OBJECT: "to object to a use of your information",
    Right.ERASE: "to have your information erased",
}


def _send(asked: SubjectRequest, step: str, *said: str) -> None:
    """Tell the subject, with a link to the page of the request where they can sign in."""
    own = asked.person is not None and asked.person.is_active
    path = f"/your-information/requests/{asked.pk}/" if own else ""
    content = mail.letter(
        f"Dear {asked.name},",
        *said,
        f"Your request has the reference {asked.reference}. If you did not ask, or are not content with the answer, "
        "answer whoever runs Isthmus for you; you may also complain to the Information Commissioner (ico.org.uk).",
        label="See your request" if own else "",
        path=path,
    )
    key = f"rights:{asked.pk}:{step}"
    mail.send(REQUEST, content, to=asked.email, key=key, person_id=asked.person_id)


def received(asked: SubjectRequest) -> None:
    """A request is there, and answered by a day."""
    what = WHAT[Right(asked.right)]
    _send(asked, "received", f"You asked {what}. You get an answer by {in_words(asked.due_on)}.")


def extended(asked: SubjectRequest) -> None:
    """It takes longer, and why."""
    _send(
        asked,
        "extended",
        f"Your request takes longer than a month. You get an answer by {in_words(asked.due_on)}.",
        f"The reason: {asked.extension_reason}",
    )


def copy_ready(asked: SubjectRequest, bundle: Bundle, *, saved_by_subject: bool) -> None:
    """The copy can be saved."""
    until = in_words(bundle.keep_until)
    how = f"You can save it until {until}; then it is deleted."
    if not saved_by_subject:
        how = "Whoever deals with your request sends it to you."
    said = f"The copy that you asked for is ready. {how}"
    _send(asked, f"copy:{bundle.pk}", said)


def closed(asked: SubjectRequest) -> None:
    """The answer."""
    begins = {
        RequestState.DONE: "What you asked for was done.",
        RequestState.REFUSED: "What you asked for was not done.",
        RequestState.WITHDRAWN: "You took your request back.",
    }[RequestState(asked.state)]
    _send(asked, "closed", begins, *([f"The answer: {asked.answer}"] if asked.answer else []))


def new_address(asked: SubjectRequest) -> None:
    """The address of the account is another one from now on: told to the new one."""
    _send(asked, "address", "This is your address in Isthmus from now on: you sign in with it.")


def lifted(asked: SubjectRequest, why: str) -> None:
    """A restriction ends: the subject is told before the data is used again (UK GDPR, Article 18(3))."""
    _send(asked, "lifted", "Your information may be used again from now on.", f"The reason: {why}")


def erased(asked: SubjectRequest, *, to: str, name: str, kept: list[str]) -> None:
    """What was erased, and what must be kept and why: the last mail, emptied as soon as it is sent."""
    said = [f"Dear {name},", "Your information was erased, as you asked. You cannot sign in any more."]
    said += ["This must be kept:", *kept] if kept else []
    mail.send(ERASED, mail.letter(*said), to=to, key=f"rights:{asked.pk}:erased")


def purged(leaves: Leaving) -> None:
    """Tell whoever asked that everything was removed, with the certificate's lines."""
    if leaves.asked_by is None:
        return
    lines = [f"{title}: {removed}" for title, removed, *_ in leaves.certificate]
    said = ["What Isthmus kept of your school was removed. Facts of the public register stay.", *lines]
    mail.send(
        PURGED,
        mail.letter(*said),
        to=leaves.asked_by.email,
        key=f"leaving:{leaves.pk}:purged",
        person_id=leaves.asked_by.pk,
    )
