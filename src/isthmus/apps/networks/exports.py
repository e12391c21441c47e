"""A plan as a file, for the page and for `isthmus export`."""

from __future__ import annotations

import json
from collections.abc import Callable

from isthmus.apps.core.exports import XLSX, csv_bytes, xlsx_bytes
from isthmus.apps.networks import presenters
from isthmus.apps.networks.models import Plan
from isthmus.apps.networks.queries import members


def _xlsx(plan: Plan) -> tuple[bytes, str]:
    every, networks = list(members(plan)), list(plan.networks.order_by("number"))
    missing = sum(member.network_id is None for member in every)
    sheets = [
        ("Schools", presenters.HEADER, presenters.rows_for_file(every)),
        ("Networks", presenters.NETWORK_HEADER, presenters.network_rows(networks)),
        ("About this plan", ("What", "Value"), presenters.about_rows(plan, networks, missing)),
    ]
    return xlsx_bytes(sheets), XLSX


def _csv(plan: Plan) -> tuple[bytes, str]:
    return csv_bytes(
        presenters.HEADER, presenters.rows_for_file(list(members(plan)))
    ), "text/csv; charset=utf-8"


def _geojson(plan: Plan) -> tuple[bytes, str]:
    data = presenters.geojson(plan, list(members(plan)))
    return json.dumps(data, ensure_ascii=False).encode(), "application/geo+json"


WRITERS: dict[str, Callable[[Plan], tuple[bytes, str]]] = {"xlsx": _xlsx, "csv": _csv, "geojson": _geojson}
"""By the file's ending: a function from a plan to the file's bytes and its type."""
