"""Who joins and who leaves a network, by hand."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words
from isthmus.apps.networks.models import MemberRole, Membership, Network, NetworkState
from isthmus.apps.networks.queries.existing import overlapping
from isthmus.apps.register.models import Organisation


class CannotJoin(ValueError):
    """The membership cannot be so; the text says why and what to do."""


def _check(
    network: Network, organisation: Organisation, since: date | None, until: date | None, *, but: int | None
) -> None:
    """Raise `CannotJoin` where the times do not fit. The network must be locked, so that nobody joins meanwhile."""
    if organisation.fictional != network.layer.area.fictional:
        raise CannotJoin(f"{organisation.name} cannot be in it: what is real and what is invented stay apart")
    if since and until and until < since:
        raise CannotJoin("The last day must be the first day or later")
    if network.ends and (until is None or until > network.ends):
        raise CannotJoin(f"The network was dissolved on {in_words(network.ends)}: give a last day by then")
    other = overlapping(network, organisation, since, until, but=but)
    if other is not None:
        times = f"from {in_words(other.since)} to {in_words(other.until) if other.until else 'now'}"
        times = times.replace("not available", "a day that is not known")
        raise CannotJoin(
            f"{organisation.name} is in this network already, {times}. Change that entry instead"
        )


def _locked(network: int) -> Network:
    rows = Network.objects.select_for_update(of=("self",)).select_related("layer__area")
    return rows.get(pk=network)


@transaction.atomic
def join(
    *,
    by: Actor | None,
    network: Network,
    organisation: Organisation,
    role: MemberRole,
    since: date | None,
    why: str = "",
) -> Membership:
    """Say that an organisation is in a network from a day on. Raises `CannotJoin` where it is in it at that time."""
    network = _locked(network.pk)
    if network.state == NetworkState.DISSOLVED:
        raise CannotJoin("The network was dissolved: nobody joins it any more")
    _check(network, organisation, since, None, but=None)
    made = Membership.objects.create(
        network=network, organisation=organisation, role=role, since=since, why_joined=why
    )
    after = {"member": organisation.name, "role": made.get_role_display(), "from": in_words(since)}
    audit.record("network.join", by=by, target=network, scope=network.scope, after=after, why=why)
    return made


@transaction.atomic
def change_membership(
    *,
    by: Actor,
    membership: Membership,
    role: MemberRole,
    since: date | None,
    until: date | None,
    why_joined: str,
    why_left: str,
) -> Membership:
    """Correct a membership, or end it by its last day and why. Raises `CannotJoin` where the times do not fit."""
    network = _locked(membership.network_id)
    row = Membership.objects.select_related("organisation").filter(pk=membership.pk).first()
    if row is None:
        raise CannotJoin("Somebody took this membership away meanwhile")
    _check(network, row.organisation, since, until, but=row.pk)
    before = _told(row)
    now = (row.role, row.since, row.until, row.why_joined, row.why_left)
    if now == (role, since, until, why_joined, why_left):
        return row
    row.role, row.since, row.until, row.why_joined, row.why_left = role, since, until, why_joined, why_left
    row.save()
    why = why_left or why_joined
    audit.record(
        "network.membership",
        by=by,
        target=network,
        scope=network.scope,
        before=before,
        after=_told(row),
        why=why,
    )
    return row


def _told(row: Membership) -> dict[str, str]:
    return {
        "member": row.organisation.name,
        "role": row.get_role_display(),
        "from": in_words(row.since),
        "to": in_words(row.until) if row.until else "",
    }


@transaction.atomic
def remove_membership(*, by: Actor, membership: Membership, why: str) -> None:
    """Take away a membership that never was. One that ended is given its last day instead."""
    network = _locked(membership.network_id)
    row = Membership.objects.select_related("organisation").filter(pk=membership.pk).first()
    if row is None:
        return
    audit.record(
        "network.remove_membership", by=by, target=network, scope=network.scope, before=_told(row), why=why
    )
    row.delete()
