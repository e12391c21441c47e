"""Mail with the link to a draft plan."""

from __future__ import annotations

from isthmus.apps.core import mail
from isthmus.apps.core.dates import moment_in_words
from isthmus.apps.networks.models import PlanShare
from isthmus.apps.networks.models.inviting import PURPOSE

SHARED = mail.mail_kind(
    "plan.share", subject="You are asked to look at a draft", words="drafts shared with you", may_stop=False
)
COMMENTED = mail.mail_kind(
    "plan.comment",
    subject="Somebody commented on a draft of yours",
    words="comments on drafts that you shared",
)


def shared(share: PlanShare) -> None:
    """Send the newest link."""
    who = share.made_by.name if share.made_by else "Isthmus"
    said = [
        f"Dear {share.name},",
        f"{who} asks you to look at a draft: who could work with whom in {share.plan.about.name}. It is a proposal. "
        "Nothing has happened to any school.",
    ]
    if share.note:
        said.append(f"{who} writes: {share.note}")
    said.append(
        f"On the page that opens, press the button to read the draft and to say what you think. The link is for you "
        f"alone and works until {moment_in_words(share.expires_at)}."
    )
    mail.send(
        SHARED,
        mail.letter(*said, label="See the draft", path="/shared-plans/{token}/"),
        to=share.email,
        key=share.mail_key,
        token=mail.Token(PURPOSE, share.reference),
        useless_after=share.expires_at,
    )


def commented(share: PlanShare, number: int) -> None:
    """Tell whoever shared the draft that somebody said something."""
    if share.made_by is None:
        return
    mail.send(
        COMMENTED,
        mail.letter(
            f"{share.name} commented on the draft ‘{share.plan.name}’.",
            label="Read the comments",
            path=f"/plans/{share.plan_id}/comments/",
        ),
        to=share.made_by.email,
        person_id=share.made_by.pk,
        key=f"plan.comment:{number}",
    )
