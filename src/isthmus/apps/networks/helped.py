"""What the pages of plans are for."""

from isthmus.apps.core.help import explain

explain(
    "plans",
    "Plans",
    "A plan proposes which schools of an area could work together, from public facts and from what you say matters.",
    "It says how good it is and how far a better plan could go at most. Nothing follows from a plan by itself.",
    pages=["networks:plan", "networks:plan_remove"],
    opens={"networks:plans": "Plans", "networks:plan_new": "Ask for a plan of networks"},
)
