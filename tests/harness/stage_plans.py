"""What the races of plans that are shared, ruled and adopted need: a plan, a share or an adoption a race."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4


def build(officer: Any, area: Any, plan: Any) -> dict[str, Any]:
    """Everything by its name in `races_plans`. `plan` is one that is ready, of schools of which one has a head."""
    return {
        **_talk(officer, copied(plan, "talked")),
        **_drafts(officer, area, plan),
        **_adoptions(officer, area, plan),
    }


def copied(plan: Any, name: str) -> Any:
    """The same plan once more, with its networks and schools: quicker than to work it out again."""
    from isthmus.apps.networks.models import Plan

    networks, members = list(plan.networks.all()), list(plan.members.all())
    made = Plan.objects.get(pk=plan.pk)
    made.pk, made.job, made.request_token, made.name = None, None, uuid4(), name
    made.save()
    fresh = {}
    for network in networks:
        old, network.pk, network.plan = network.pk, None, made
        network.save()
        fresh[old] = network
    for member in members:
        member.pk, member.plan = None, made
        member.network = fresh.get(member.network_id)
        member.save()
    return made


def _talk(officer: Any, plan: Any) -> dict[str, Any]:
    """Shares of one plan, and the browser of somebody who opened theirs."""
    from django.conf import settings
    from django.test import Client

    from isthmus.apps.core.tokens import derived
    from isthmus.apps.networks.actions import inviting
    from isthmus.apps.networks.models.inviting import PURPOSE

    given: dict[str, Any] = {"talked": plan.pk}
    for name in ("stopped", "opened", "said"):
        share = inviting.share_plan(
            by=officer, plan=plan, email=f"share_{name}@example.org", name=name.title()
        )
        given |= {f"share_{name}": share.pk, f"link_{name}": derived(PURPOSE, share.reference)}
    client = Client()
    held = client.session
    held["shared plan"] = share.reference
    held.save()
    return {**given, "reader": client.cookies[settings.SESSION_COOKIE_NAME].value}


def _drafts(officer: Any, area: Any, plan: Any) -> dict[str, Any]:
    """Plans that were not asked for yet."""
    from isthmus.apps.networks.actions import rules
    from isthmus.apps.networks.choices import Choices
    from isthmus.apps.networks.models import RuleKind

    given: dict[str, Any] = {"draft_about": plan.about_id}
    urns = list(plan.members.order_by("organisation__urn").values_list("organisation__urn", flat=True)[:3])
    given |= {f"ruled{at}": urn for at, urn in enumerate(urns)}
    for name in ("sent", "ruled", "changed"):
        draft = rules.put_together(
            by=officer, owner=area, about=plan.about, name=name, choices=Choices.from_json(plan.choices),
            token=uuid4(), like=None,
        )  # fmt: skip
        given[f"draft_{name}"] = draft.pk
        if name == "ruled":
            apart = {"urns": urns[:2]}
            kept = rules.set_rule(by=officer, plan=draft, kind=RuleKind.APART, data=apart, token=uuid4())
            given["rule_gone"] = kept.pk
    return given


def _adoptions(officer: Any, area: Any, plan: Any) -> dict[str, Any]:
    """Adoptions at each stage, each of a plan and in a layer of its own."""
    from django.utils import timezone

    from isthmus.apps.core.dates import today
    from isthmus.apps.core.tokens import derived
    from isthmus.apps.networks import actions
    from isthmus.apps.networks.actions import adopting
    from isthmus.apps.networks.models import LayerKind
    from isthmus.apps.networks.models.adopting import ANSWER_PURPOSE

    given: dict[str, Any] = {}
    for name in ("prepares", "adopts", "cancels", "reminds", "answers"):
        layer = actions.keep_layer(
            by=officer, area=area, layer=None, name=f"Race {name}", kind=LayerKind.OTHER,
            for_every_school=False,
        )  # fmt: skip
        own = copied(plan, name)
        given |= {f"plan_{name}": own.pk, f"layer_{name}": layer.pk}
        if name == "prepares":
            continue
        starts = today() + timedelta(days=30)
        made = adopting.prepare_adoption(by=officer, plan=own, layer=layer, starts=starts)
        given[f"adoption_{name}"] = made.pk
        if name != "adopts":
            adopting.adopt(by=officer, adoption=made)
        if name == "reminds":
            made.answers.exclude(email="").update(sent_at=timezone.now() - timedelta(days=2))
    asked = list(made.answers.exclude(email=""))
    members, networks = made.answers.count(), plan.networks.count()
    return {
        **given,
        "answer_link": derived(ANSWER_PURPOSE, asked[0].reference),
        "invited": len(asked),
        "members_made": members,
        "members_gone": -members,
        "networks_made": networks,
        "networks_gone": -networks,
    }
