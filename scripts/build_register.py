"""Make the compact register of England that ships with Isthmus, from the published files.

    .venv/bin/python scripts/build_register.py            write src/isthmus/apps/register/data/england.zip
    .venv/bin/python scripts/build_register.py --check    fail where the file there is not what this makes

The same code as the import merges the files: the newer dated fact wins, field by field, and keeps its date.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared/data/register"
TARGET = ROOT / "src/isthmus/apps/register/data/england.zip"
# Groups first, so that a name without a UID in an older file finds its trust.
FILES = (
    "trusts-ks4-2025.csv",
    "england-open-schools-2024.csv",
    "edubasealldata-hampshire-surrey-20220420.csv",
    "links_edubasealldata20250422.csv",
)


def build() -> bytes:
    """The compact file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isthmus.site.settings_test")
    import django

    django.setup()
    from datetime import date

    from isthmus.apps.register.actions.importing import read_into
    from isthmus.apps.register.adapters import compact
    from isthmus.apps.register.adapters.plan import Plan
    from isthmus.apps.register.adapters.reading import sources
    from isthmus.apps.register.adapters.state import Snapshot

    plan = Plan(Snapshot(stored=False))
    for name in FILES:
        # The two files without a date in their names carry their dates within; any fixed day will do.
        for source in sources(SHARED / name, limit=200 * 2**20):
            read_into(plan, source, date(2025, 10, 31), lambda _rows: None, secret=b"")
    if plan.report.errors.count:
        raise SystemExit("\n".join(str(problem) for problem in plan.report.errors.kept))
    mark_closed(plan)
    plan.finish()
    return compact.dump(plan)


def mark_closed(plan) -> None:  # type: ignore[no-untyped-def]  # Plan is imported late, with Django
    """A school of the 2022 file that was open, and is not among the open schools of June 2024, has closed since."""
    from isthmus.apps.register.adapters.layouts.open_schools import LIST
    from isthmus.apps.register.models import Status

    for state in plan.touched.values():
        listed = state.provenance["status"] == LIST.code
        if not listed and state.facts["status"] in (Status.OPEN, Status.PROPOSED_TO_CLOSE):
            state.facts["status"] = Status.CLOSED
            state.provenance["status"] = LIST.code


def main() -> int:
    made = build()
    if "--check" in sys.argv[1:]:
        same = TARGET.exists() and TARGET.read_bytes() == made
        print(f"{TARGET.name}: {'as built' if same else 'differs; run scripts/build_register.py'}")
        return 0 if same else 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(made)
    print(f"{TARGET.relative_to(ROOT)}: {len(made):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
