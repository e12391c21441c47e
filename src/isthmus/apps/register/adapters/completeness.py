"""Whether files that list whole authorities hold about as many schools of them as the register does."""

from __future__ import annotations

from collections import Counter

from isthmus.apps.register.adapters.plan import Plan
from isthmus.apps.register.models import SCHOOL_KINDS, Organisation, Status

FEWEST, SHARE = 10, 0.1
"""Schools of an authority that may be missing before anything is said, and their share of its open schools."""
MOST_NAMED = 5


def missing_schools(plan: Plan) -> str:
    """A sentence on authorities of which far fewer schools are listed than are open in the register, or nothing."""
    codes = {plan.touched[urn].facts.get("authority") for urn in plan.listed}
    held: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    known = Organisation.objects.filter(
        kind__in=SCHOOL_KINDS, status__in=(Status.OPEN, Status.PROPOSED_TO_CLOSE), fictional=False
    )
    if not codes:
        return ""
    for urn, code, name in known.order_by().values_list("urn", "authority__code", "authority__name"):
        if code in codes:
            held[name] += 1
            missing[name] += urn not in plan.listed
    short = [name for name in held if missing[name] >= FEWEST and missing[name] > SHARE * held[name]]
    if not short:
        return ""
    short.sort(key=lambda name: (-missing[name], name))
    named = "; ".join(f"{name} {missing[name]:,} of {held[name]:,}" for name in short[:MOST_NAMED])
    others = f" and {len(short) - MOST_NAMED:,} more authorities" if len(short) > MOST_NAMED else ""
    return (
        f"schools that are open in the register are not in the file ({named}{others}): it may be cut short or an "
        "extract; if it should be whole, download it again"
    )
