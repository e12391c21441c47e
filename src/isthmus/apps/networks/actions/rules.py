"""A plan before it is asked for: put together, given rules, sent to the worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.networks.actions.plans import copy_rules, facts, start_work
from isthmus.apps.networks.adapters.rules import pack
from isthmus.apps.networks.choices import Choices
from isthmus.apps.networks.models import Plan, PlanRule, PlanState, RuleKind
from isthmus.apps.register.models import Area

MOST_RULES = 200


class NotNow(Exception):
    """The plan cannot be changed like this; the text says why and what to do."""


@transaction.atomic
def put_together(
    *, by: Actor, owner: Area, about: Area, name: str, choices: Choices, token: UUID, like: Plan | None
) -> Plan:
    """Begin a plan without asking the worker yet, with the rules of the plan `like`. A double click gives it again."""
    plan, made = Plan.objects.get_or_create(
        owner=owner,
        request_token=token,
        defaults={
            "about": about,
            "name": name,
            "choices": choices.to_json(),
            "created_by_id": by.pk,
            "state": PlanState.DRAFT,
        },
    )
    if made:
        copy_rules(plan, like)
        audit.record("plan.begin", by=by, target=plan, scope=plan.scope, after=facts(plan))
    return plan


@transaction.atomic
def change_draft(*, by: Actor, plan: Plan, name: str, choices: Choices) -> Plan:
    """Change what matters in a plan that was not asked for yet. Raises `NotNow`."""
    plan = _draft(plan)
    before, after = _shown(plan), {"name": name, **choices.to_json()}
    changed = [key for key in after if after[key] != before.get(key)]
    if not changed:
        return plan
    plan.name, plan.choices = name, choices.to_json()
    plan.save(update_fields=["name", "choices"])
    audit.record(
        "plan.change",
        by=by,
        target=plan,
        scope=plan.scope,
        before={key: before.get(key) for key in changed},
        after={key: after[key] for key in changed},
    )
    return plan


@transaction.atomic
def set_rule(
    *,
    by: Actor,
    plan: Plan,
    kind: RuleKind,
    data: dict[str, Any],
    token: UUID,
    rows: Sequence[Sequence[Any]] | None = None,
) -> PlanRule:
    """Give a plan that was not asked for yet a rule. A double click gives it once. Raises `NotNow`."""
    plan = _draft(plan)
    known = PlanRule.objects.filter(plan=plan, token=token).first()
    if known is not None:
        return known
    if PlanRule.objects.filter(plan=plan).count() >= MOST_RULES:
        raise NotNow(f"A plan has at most {MOST_RULES} rules. Take one away first.")
    try:
        with transaction.atomic():
            rule = PlanRule.objects.create(
                plan=plan, kind=kind, data=data, token=token, large=pack(rows) if rows is not None else None
            )
    except IntegrityError as error:
        raise NotNow("This plan has a rule of this kind already. Take that away first.") from error
    audit.record(
        "plan.rule_set", by=by, target=plan, scope=plan.scope, after=_kept(kind, data), detail={"kind": kind}
    )
    return rule


@transaction.atomic
def take_rule_away(*, by: Actor, plan: Plan, number: int) -> bool:
    """Take a rule away from a plan that was not asked for yet. False where it was gone already. Raises `NotNow`."""
    plan = _draft(plan)
    rule = PlanRule.objects.filter(plan=plan, pk=number).first()
    if rule is None:
        return False
    audit.record(
        "plan.rule_away",
        by=by,
        target=plan,
        scope=plan.scope,
        before=_kept(rule.kind, rule.data),
        detail={"kind": rule.kind},
    )
    rule.delete()
    return True


@transaction.atomic
def send_draft(*, by: Actor, plan: Plan) -> Plan:
    """Ask the worker for a plan that was put together. A second time nothing happens."""
    locked = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if locked.state != PlanState.DRAFT:
        return locked
    before = facts(locked)
    locked.state = PlanState.WAITING
    start_work(locked, by)
    after = {**facts(locked), "rules": locked.rules.count()}
    audit.record("plan.ask", by=by, target=locked, scope=locked.scope, before=before, after=after)
    return locked


@transaction.atomic
def keep_minutes(*, by: Actor | None, rule: PlanRule, rows: Sequence[Sequence[Any]]) -> None:
    """Keep the minutes that the routing service answered, with the rule that asked for them."""
    rule.large = pack(rows)
    rule.data = {**rule.data, "pairs": len(rows)}
    rule.save(update_fields=["large", "data"])
    after = {"journeys with minutes": len(rows)}
    audit.record("plan.minutes", by=by, target=rule.plan, scope=rule.plan.scope, after=after)


def _draft(plan: Plan) -> Plan:
    locked = Plan.objects.select_for_update(of=("self",)).filter(pk=plan.pk).first()
    if locked is None:
        raise NotNow("The plan was removed meanwhile.")
    if locked.state != PlanState.DRAFT:
        raise NotNow("The plan was asked for meanwhile. Choose ‘Change it and ask again’ to change it.")
    return locked


def _shown(plan: Plan) -> dict[str, Any]:
    return {"name": plan.name, **Choices.from_json(plan.choices).to_json()}


def _kept(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """What the history tells of a rule: not its long lists, and of competition nothing: not all readers may know."""
    if kind == RuleKind.COMPETITORS:
        return {"rule": "told to officers alone"}
    long = ("groups", "lines")
    return {"rule": kind} | {key: value for key, value in data.items() if key not in long and key != "kind"}
