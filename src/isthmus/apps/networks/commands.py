"""`isthmus export`."""

from __future__ import annotations

import sys
from pathlib import Path

from isthmus.apps.core.numbers import row_number
from isthmus.apps.networks.exports import plans as exports
from isthmus.apps.networks.models import Plan, PlanState


def export(number: str, file: Path) -> int:
    """Write a plan to a file, whole or not at all. 0 done, 2 where it cannot be, with a sentence."""
    plan = Plan.objects.select_related("about").filter(pk=row_number(number) or 0).first()
    writer = exports.WRITERS.get(file.suffix.lstrip(".").lower())
    problem = ""
    if plan is None:
        problem = f"There is no plan with the number {number}. The number stands in the plan's address."
    elif plan.state != PlanState.READY:
        problem = f"The plan ‘{plan.name}’ is not ready: {plan.get_state_display().lower()}."
    elif writer is None:
        problem = f"The file must end in .xlsx, .csv or .geojson, not {file.suffix or 'nothing'}."
    if problem or plan is None or writer is None:
        print(problem, file=sys.stderr)  # noqa: T201 - this is a command
        return 2
    content, _kind = writer(plan)
    draft = file.with_name(file.name + ".part")
    try:
        draft.write_bytes(content)
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        print(f"{file} could not be written: {error.strerror}.", file=sys.stderr)  # noqa: T201 - as above
        return 2
    return 0
