"""A plan becomes networks on a day: prepared, adopted in one step, cancelled before the day, answered by schools."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from isthmus.apps.core import audit, mail
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.tokens import derived, hashed
from isthmus.apps.networks.emails import adopting as emails
from isthmus.apps.networks.models import (
    Adoption,
    AdoptionAnswer,
    AdoptionState,
    Answer,
    Layer,
    Membership,
    Network,
    Plan,
    PlanState,
)
from isthmus.apps.networks.models.adopting import ANSWER_FOR, ANSWER_PURPOSE
from isthmus.apps.networks.queries.adopting import Outcome, adoption_of, outcome
from isthmus.apps.networks.queries.consultation import heads_of
from isthmus.apps.networks.queries.workbench import version_of

REMINDED_AFTER = timedelta(days=1)
"""Nobody is reminded twice in a day."""


class CannotAdopt(ValueError):
    """The plan cannot be adopted so; the text says why and what to do."""


@transaction.atomic
def prepare_adoption(*, by: Actor, plan: Plan, layer: Layer, starts: date, message: str = "") -> Adoption:
    """Prepare: nothing is written to any network. From now the plan stands still. While one is prepared or adopted,
    a second time (a double click) gives it again. Raises `CannotAdopt`."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("about").get(pk=plan.pk)
    before = adoption_of(plan)
    if before is not None:
        return before
    if plan.state != PlanState.READY:
        raise CannotAdopt("This plan is not ready, so it cannot be adopted.")
    if plan.about.fictional != layer.area.fictional:
        raise CannotAdopt("What is real and what is invented stay apart: choose another layer.")
    layer = Layer.objects.select_for_update(of=("self",)).get(pk=layer.pk)
    _check_day(starts)
    _check_names(outcome(plan, layer, starts))
    made = Adoption(
        plan=plan,
        layer=layer,
        version=version_of(plan),
        starts=starts,
        message=message,
        prepared_by_id=by.pk,
    )
    if made.ends and made.ends < starts:
        raise CannotAdopt(
            f"The last day of these networks is {in_words(made.ends)}: choose a first day before it, or ask for a plan "
            "with another last day."
        )
    made.save()
    after = {"plan": plan.name, "layer": layer.name, "from": in_words(starts)}
    audit.record("adoption.prepare", by=by, target=made, scope=plan.scope, after=after)
    return made


def _check_day(starts: date) -> None:
    if starts < today():
        raise CannotAdopt("The first day has passed. Cancel this, and prepare it again with a later day.")


def _check_names(found: Outcome) -> None:
    if not found.members:
        raise CannotAdopt("No school has a network in this plan.")
    if found.dissolved:
        raise CannotAdopt(
            f"The layer has a dissolved network with the same name: {', '.join(found.dissolved)}. Rename it first."
        )
    names: dict[str, int] = {}
    for member in found.members:
        if member.network:
            number = names.setdefault(member.network.name.lower(), member.network_id or 0)
            if number != member.network_id:
                raise CannotAdopt(f"Two networks of this plan are called {member.network.name}.")


@transaction.atomic
def adopt(*, by: Actor, adoption: Adoption) -> bool:
    """Make it so, whole or not at all: networks founded or kept by name, memberships from the first day, those in
    other networks of the layer ended the day before, heads invited. False where it was done already (a double click)
    or cancelled. Raises `CannotAdopt`."""
    row = _locked(adoption)
    if row.state != AdoptionState.PREPARED:
        return False
    _hold(row.layer_id)
    _check_day(row.starts)
    found = outcome(row.plan, row.layer, row.starts)
    _check_names(found)
    undo: dict[str, Any] = {"ended": [], "removed": []}
    networks, undo["founded"] = _networks(row, found)
    _end(row, found, undo)
    made = _join(row, found, networks)
    undo["made"] = [membership.pk for membership in made.values()]
    row.state, row.adopted_at, row.undo = AdoptionState.ADOPTED, timezone.now(), undo
    row.save()
    invited = _ask(row, found, made)
    audit.record(
        "adoption.adopt",
        by=by,
        target=row,
        scope=row.plan.scope,
        detail={"plan": row.plan_id, "version": row.version, "invited": invited},
        after={
            "networks founded": len(undo["founded"]),
            "networks kept": len(found.kept),
            "memberships that begin": len(made),
            "memberships that end": len(undo["ended"]) + len(undo["removed"]),
        },
    )
    return True


def _locked(adoption: Adoption) -> Adoption:
    rows = Adoption.objects.select_for_update(of=("self",))
    return rows.select_related("plan__about", "layer__area", "prepared_by").get(pk=adoption.pk)


def _hold(layer: int) -> None:
    """Lock a layer, then its networks: nobody founds, joins or dissolves one meanwhile."""
    Layer.objects.select_for_update(of=("self",)).get(pk=layer)
    networks = Network.objects.select_for_update(of=("self",)).filter(layer=layer)
    list(networks.order_by("pk").values_list("pk"))


def _networks(adoption: Adoption, found: Outcome) -> tuple[dict[str, Network], list[int]]:
    """Every network of the plan by its name in small letters, and the keys of those founded now."""
    fresh = [
        Network(layer=adoption.layer, name=name, starts=adoption.starts, review_on=adoption.ends, purpose="")
        for name in found.new_names
    ]
    founded = Network.objects.bulk_create(fresh)
    return {**found.kept, **{network.name.lower(): network for network in founded}}, [n.pk for n in founded]


def _end(adoption: Adoption, found: Outcome, undo: dict[str, Any]) -> None:
    """End memberships the day before; those that would have begun later are taken away."""
    why = f"The plan ‘{adoption.plan.name}’ was adopted"[:300]
    changed = []
    for row in found.ending:
        if row.since is not None and row.since >= adoption.starts:
            days = [day and day.isoformat() for day in (row.since, row.until)]
            undo["removed"].append(
                [row.network_id, row.organisation_id, row.role, *days, row.why_joined, row.why_left]
            )
            continue
        undo["ended"].append([row.pk, row.until and row.until.isoformat(), row.why_left])
        row.until, row.why_left = adoption.starts - timedelta(days=1), why
        changed.append(row)
    Membership.objects.filter(pk__in=[r.pk for r in found.ending if r not in changed]).delete()
    Membership.objects.bulk_update(changed, ["until", "why_left"], batch_size=500)


def _join(adoption: Adoption, found: Outcome, networks: dict[str, Network]) -> dict[int, Membership]:
    """The memberships that begin, by school."""
    why = f"The plan ‘{adoption.plan.name}’ was adopted"[:300]
    rows = []
    for member in found.members:
        network = networks[member.network.name.lower()] if member.network else None
        if network is None or (member.organisation_id, network.pk) in found.staying:
            continue
        rows.append(
            Membership(
                network=network,
                organisation=member.organisation,
                role=member.role,
                since=adoption.starts,
                until=adoption.ends,
                why_joined=why,
            )
        )
    made = Membership.objects.bulk_create(rows, batch_size=500)
    return {row.organisation_id: row for row in made}


def _ask(adoption: Adoption, found: Outcome, made: dict[int, Membership]) -> int:
    """A row for each school; those whose head is known get their invitation, the others a link that officers hand over.
    Gives how many were invited."""
    heads = heads_of([member.organisation_id for member in found.members])
    rows = []
    for member in found.members:
        head = heads.get(member.organisation_id)
        rows.append(
            AdoptionAnswer(
                adoption=adoption,
                organisation=member.organisation,
                membership=made.get(member.organisation_id),
                network_name=member.network.name if member.network else "",
                name=head.name if head else "",
                email=head.email if head else "",
            )
        )
    made_rows = AdoptionAnswer.objects.bulk_create(rows, batch_size=500)
    invited = [row for row in made_rows if row.email]
    for row in invited:
        _new_link(row)
    by_hand = [row for row in made_rows if not row.email]
    for row in by_hand:
        row.token_hash = hashed(derived(ANSWER_PURPOSE, row.reference))
        row.expires_at = timezone.now() + ANSWER_FOR
    AdoptionAnswer.objects.bulk_update(by_hand, ["token_hash", "expires_at"], batch_size=500)
    return len(invited)


def _new_link(asked: AdoptionAnswer, *, again: bool = False) -> None:
    """A link that works from now; the ones before work no more."""
    mail.withdraw([asked.mail_key])
    asked.round += 1
    asked.token_hash = hashed(derived(ANSWER_PURPOSE, asked.reference))
    asked.sent_at = timezone.now()
    asked.expires_at = asked.sent_at + ANSWER_FOR
    asked.save()
    emails.invited(asked, again=again)


@transaction.atomic
def cancel_adoption(*, by: Actor, adoption: Adoption, why: str) -> bool:
    """Take an adoption back before its first day: every membership and network is as it was. False where it was
    cancelled already. Raises `CannotAdopt` from the first day on."""
    row = _locked(adoption)
    if row.state == AdoptionState.CANCELLED:
        return False
    if row.state == AdoptionState.ADOPTED:
        if row.has_begun:
            raise CannotAdopt(
                "The networks have begun, so this can no longer be cancelled. Change them instead."
            )
        _take_back(row)
    row.state, row.cancelled_at, row.undo = AdoptionState.CANCELLED, timezone.now(), {}
    row.save()
    audit.record(
        "adoption.cancel", by=by, target=row, scope=row.plan.scope, before={"plan": row.plan.name}, why=why
    )
    return True


def _take_back(adoption: Adoption) -> None:
    _hold(adoption.layer_id)
    undo, last_day = adoption.undo, adoption.starts - timedelta(days=1)
    Membership.objects.filter(pk__in=undo["made"], since=adoption.starts).delete()
    for pk, until, why_left in undo["ended"]:
        # One that somebody changed since is left as they wanted it.
        Membership.objects.filter(pk=pk, until=last_day).update(until=until, why_left=why_left)
    there = set(
        Membership.objects.filter(network__layer=adoption.layer).values_list("network_id", "organisation_id")
    )
    Membership.objects.bulk_create(
        Membership(
            network_id=network,
            organisation_id=organisation,
            role=role,
            since=since,
            until=until,
            why_joined=why_joined,
            why_left=why_left,
        )
        for network, organisation, role, since, until, why_joined, why_left in undo["removed"]
        if (network, organisation) not in there
    )
    Network.objects.filter(pk__in=undo["founded"], memberships=None, sub_groups=None).delete()
    for asked in adoption.answers.exclude(email="").select_related("organisation", "adoption"):
        if not mail.withdraw([asked.mail_key]):
            emails.cancelled(asked)
    adoption.answers.update(expires_at=timezone.now())


@transaction.atomic
def remind(*, by: Actor, adoption: Adoption) -> int:
    """Send the invitation again to heads who have not answered and were not written to in the last day."""
    row = _locked(adoption)
    waiting = row.answers.select_for_update(of=("self",)).select_related("organisation", "adoption")
    waiting = waiting.filter(answer=Answer.WAITING, sent_at__lt=timezone.now() - REMINDED_AFTER).exclude(
        email=""
    )
    again = list(waiting) if row.state == AdoptionState.ADOPTED else []
    for asked in again:
        _new_link(asked, again=True)
    if again:
        audit.record("adoption.remind", by=by, target=row, scope=row.plan.scope, detail={"sent": len(again)})
    return len(again)


@transaction.atomic
def give_answer(*, by: Actor | None, asked: AdoptionAnswer, answer: Answer, reason: str = "") -> bool:
    """A school says that it joins, asks or declines; it may change its mind. False where the link works no more or
    it said the same already (a double click). `by` is None: the link is what tells who answers."""
    row = (
        AdoptionAnswer.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=asked.pk)
    )
    adoption = Adoption.objects.select_related("plan", "prepared_by").get(pk=row.adoption_id)
    if (
        not row.works
        or adoption.state != AdoptionState.ADOPTED
        or (row.answer, row.reason) == (answer, reason)
    ):
        return False
    before = {"answer": row.get_answer_display(), "reason": row.reason}
    row.answer, row.reason, row.answered_at = answer, reason, timezone.now()
    row.save()
    emails.answered(row, adoption, int(row.answered_at.timestamp()))
    audit.record(
        "adoption.answer",
        by=by,
        target=adoption,
        scope=adoption.plan.scope,
        detail={"school": row.organisation_id},
        before=before,
        after={"school": row.organisation.name, "answer": row.get_answer_display(), "reason": reason},
    )
    return True
