"""Personal data of plans: who asked for one, worked on it, and had it adopted."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.apps.core import personal
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.personal import Basis, Erased, Keep, Made, Part, PersonalData, Subject
from isthmus.apps.networks.models import Adoption, Plan, PlanStep

ASKED = Made(Plan, "created_by")
STEPS = Made(PlanStep, "by", "at")
ADOPTED = Made(Adoption, "prepared_by", "prepared_at")


def _of(subject: Subject) -> Iterator[Part]:
    asked = list(ASKED.of(subject))
    names = personal.redacted([plan.name for plan in asked], subject)
    yield Part(
        "Plans that you asked for",
        ("Asked for", "Plan", "State"),
        [
            (in_words(plan.created_at), name, str(plan.get_state_display()))
            for plan, name in zip(asked, names, strict=True)
        ],
    )
    steps = list(STEPS.of(subject).select_related("plan"))
    said = personal.redacted([f"{s.plan.name}\n{s.words}\n{s.why}" for s in steps], subject)
    yield Part(
        "What you changed in plans",
        ("When", "Plan", "What", "Why"),
        [(in_words(s.at), *text.split("\n")) for s, text in zip(steps, said, strict=True)],
    )
    adopted = list(ADOPTED.of(subject).select_related("plan"))
    texts = personal.redacted(
        [f"{one.plan.name}\n{' '.join(one.message.split())}" for one in adopted], subject
    )
    yield Part(
        "Plans that you prepared for adoption",
        ("When", "Plan", "What you wrote to schools"),
        [(in_words(one.prepared_at), *text.split("\n")) for one, text in zip(adopted, texts, strict=True)],
    )


personal.declare(
    PersonalData(
        key="plan-makers",
        title="Who asked for a plan and worked on it",
        subjects="Officers who plan networks",
        what="Who asked for which plan of networks, changed it or prepared its adoption, and when",
        purpose="To tell colleagues whom to ask about a plan",
        basis=Basis.PUBLIC_TASK,
        recipients="People of the area that owns the plan",
        source="The person themselves",
        columns={
            "networks.Plan": ("created_by",),
            "networks.PlanStep": ("by",),
            "networks.Adoption": ("prepared_by",),
        },
        keep=Keep(
            days=732,
            since="the plan was asked for or changed",
            least=30,
            most=2192,
            why="The life of a plan of networks",
        ),
        dispose=personal.dispose_each(ASKED, STEPS, ADOPTED),
        of=_of,
        erase=lambda subject: Erased(sum(made.erase(subject) for made in (ASKED, STEPS, ADOPTED))),
    )
)
_FIGURES = "rules, figures and findings about schools"
personal.not_personal(
    "networks.Plan",
    _FIGURES,
    *("choices", "terms", "rates", "conflict", "relaxation", "warnings", "version", "state"),
    *("before", "given"),
)
personal.not_personal(
    "networks.Plan", "a title of a plan of networks; the form asks for no person's name", "name"
)
personal.not_personal("networks.ProposedNetwork", "a title of a group of schools", "name")
personal.not_personal("networks.ProposedMember", "the part that a school plays", "role")
personal.not_personal(
    "networks.PlanStep", "which schools moved, in the system's own words", "kind", "moves", "words", "breaks"
)
personal.not_personal(
    "networks.PlanStep", "why schools moved; the form asks for a reason about schools, not people", "why"
)
personal.not_personal("networks.PlanRule", "a rule about schools", "kind", "data", "large")
personal.not_personal("networks.PlanStudy", _FIGURES, "kind", "result")
personal.not_personal("networks.TravelBlock", "minutes between places", "digest", "minutes")
personal.not_personal(
    "networks.Adoption", "what is told to schools about a plan, and what takes it back", "message", "undo"
)
personal.not_personal("networks.Adoption", "a state", "state")
