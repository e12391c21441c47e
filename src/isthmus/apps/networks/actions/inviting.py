"""Share a draft with named people, and say something about it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from isthmus.apps.core import audit, mail
from isthmus.apps.core.access import Actor
from isthmus.apps.core.tokens import derived, hashed
from isthmus.apps.networks.emails import inviting as emails
from isthmus.apps.networks.models import Plan, PlanComment, PlanShare, ProposedNetwork
from isthmus.apps.networks.models.inviting import PURPOSE, SHARED_FOR
from isthmus.apps.networks.queries.workbench import version_of

MOST_COMMENTS = 100
"""What one person may say about one plan; more is no longer talk."""


class CannotComment(ValueError):
    """The comment cannot be kept; the text says why."""


@transaction.atomic
def share_plan(*, by: Actor, plan: Plan, email: str, name: str, note: str = "") -> PlanShare:
    """Let somebody read and comment on one plan. While a link works, a second time (a double click) gives it again;
    one that was taken back or has expired is sent anew."""
    plan = _locked(plan)
    share, made = PlanShare.objects.select_for_update(of=("self",)).get_or_create(
        plan=plan,
        email=email.lower(),
        defaults={
            "name": name,
            "note": note,
            "made_by_id": by.pk,
            "token_hash": "",
            "round": 0,
            "expires_at": timezone.now() + SHARED_FOR,
        },
    )
    if made or not share.works:
        share.name, share.note, share.revoked_at = name, note, None
        _new_link(share)
        audit.record("plan.share", by=by, target=plan, scope=plan.scope, detail={"share": share.pk})
    return share


def _locked(plan: Plan) -> Plan:
    """The plan, so that nobody removes it meanwhile: before its shares, as removing it does."""
    return Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)


def _new_link(share: PlanShare) -> None:
    """A link that works from now; the ones before work no more."""
    mail.withdraw([share.mail_key])
    share.round += 1
    share.token_hash = hashed(derived(PURPOSE, share.reference))
    share.expires_at = timezone.now() + SHARED_FOR
    share.save()
    emails.shared(share)


@transaction.atomic
def stop_sharing(*, by: Actor, share: PlanShare) -> bool:
    """Take a link back: it works no more from now. False where it was taken back already."""
    share = PlanShare.objects.select_for_update(of=("self",)).select_related("plan").get(pk=share.pk)
    if share.revoked_at is not None:
        return False
    share.revoked_at = timezone.now()
    share.save(update_fields=["revoked_at"])
    mail.withdraw([share.mail_key])
    audit.record(
        "plan.stop_sharing", by=by, target=share.plan, scope=share.plan.scope, detail={"share": share.pk}
    )
    return True


@transaction.atomic
def open_share(*, by: Actor | None, share: PlanShare) -> bool:
    """Note that the person pressed the button. False where they did before, or where the link works no more."""
    share = PlanShare.objects.select_for_update(of=("self",)).select_related("plan").get(pk=share.pk)
    if share.opened_at is not None or not share.works:
        return False
    share.opened_at = timezone.now()
    share.save(update_fields=["opened_at"])
    audit.record(
        "plan.open_share", by=by, target=share.plan, scope=share.plan.scope, detail={"share": share.pk}
    )
    return True


@transaction.atomic
def comment(
    *,
    by: Actor | None,
    plan: Plan,
    text: str,
    token: UUID,
    network: ProposedNetwork | None = None,
    share: PlanShare | None = None,
) -> PlanComment:
    """Say something about a plan, as somebody signed in (`by`) or by a shared link (`share`). The same `token` a
    second time gives the first comment again. Raises `CannotComment` where the link works no more."""
    plan = _locked(plan)
    if share is not None:
        share = PlanShare.objects.select_for_update(of=("self",)).select_related("plan").get(pk=share.pk)
        if not share.works:
            raise CannotComment(
                "This link works no more, so nothing was kept. Ask whoever sent it for a new one."
            )
        if share.comments.count() >= MOST_COMMENTS:
            raise CannotComment("You have said as much about this draft as there is room for.")
    name = share.name if share else str(getattr(by, "name", ""))
    said, made = PlanComment.objects.get_or_create(
        plan=plan,
        token=token,
        defaults={
            "text": text,
            "name": name,
            "network": network,
            "about": f"{network.number}. {network.name}" if network else "",
            "share": share,
            "by_id": by.pk if by and share is None else None,
            "version": version_of(plan),
        },
    )
    if made:
        if share is not None:
            emails.commented(share, said.pk)
        audit.record("plan.comment", by=by, target=plan, scope=plan.scope, detail={"comment": said.pk})
    return said
