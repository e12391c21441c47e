"""Write a plan. Called inside one transaction by the import."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from isthmus.apps.register.actions.bulk import count_anew, insert, update
from isthmus.apps.register.adapters.plan import Plan
from isthmus.apps.register.adapters.records import Authority, SourceInfo
from isthmus.apps.register.adapters.rows import rows
from isthmus.apps.register.adapters.state import State, chunks
from isthmus.apps.register.models import Area, AreaKind, Dataset, GroupMembership, Kind, Link, Organisation
from isthmus.apps.register.queries.search import search_text, sort_name

Progress = Callable[[int, str], None]
BATCH = 1000


def write(plan: Plan, progress: Progress) -> None:
    """Write all that `plan` changes: sources, areas, groups, schools, memberships, links."""
    datasets = write_sources(plan.snapshot.sources.values())
    write_areas(plan.snapshot.new_areas.values(), plan.snapshot.numbered_areas)
    areas = area_keys()
    write_states([group for group in plan.snapshot.groups if group.dirty], areas)
    dirty = [state for state in plan.touched.values() if state.dirty]
    done = 0
    for chunk in chunks(dirty, BATCH):
        write_states(chunk, areas)
        done += len(chunk)
        progress(70 + 25 * done // len(dirty), f"Writing schools: {done:,} of {len(dirty):,}")
    write_memberships(plan, datasets)
    write_links(plan, datasets)
    count_anew()


def write_sources(sources: Iterable[SourceInfo]) -> dict[str, int]:
    """Make sure that each source has a row; returns primary keys by code."""
    Dataset.objects.bulk_create(
        [
            Dataset(
                code=source.code,
                title=source.title,
                date=source.date,
                published=source.published,
                licence=source.licence,
                attribution=source.attribution,
            )
            for source in sources
        ],
        ignore_conflicts=True,
    )
    return dict(Dataset.objects.values_list("code", "pk"))


def write_areas(new: Iterable[Authority], numbers: dict[str, str]) -> None:
    """Make the areas that are new, each with its authority; note the register's number where it was not known."""
    for authority in new:
        name = authority.name or authority.code
        number = numbers.pop(authority.code, authority.number)
        council = Organisation(kind=Kind.AUTHORITY, name=name, la_code=number, sort_name=sort_name(name))
        council.search = search_text(council)
        council.save()
        area = Area.objects.create(
            kind=AreaKind.AUTHORITY, code=authority.code, name=name, organisation=council
        )
        council.authority = area
        council.save(update_fields=["authority"])
    for code, number in numbers.items():
        Organisation.objects.filter(area_in_charge_of__code=code, la_code="").update(la_code=number)


def area_keys() -> dict[str, tuple[int, str]]:
    """Primary key and name of each real area by its code."""
    return {
        code: (pk, name)
        for code, pk, name in Area.objects.filter(kind=AreaKind.AUTHORITY).values_list("code", "pk", "name")
    }


def write_states(states: Sequence[State], areas: dict[str, tuple[int, str]]) -> None:
    """Insert the new, update the known; afterwards every state knows its primary key."""
    made = rows(states, areas)
    insert([row for row in made if row["id"] is None])
    update([row for row in made if row["id"] is not None])
    new = [state for state in states if state.pk is None]
    keys = Organisation.objects.order_by("pk")
    by_urn = dict(keys.filter(urn__in=[s.urn for s in new if s.urn]).values_list("urn", "pk"))
    by_uid = dict(keys.filter(group_uid__in=[s.uid for s in new if s.uid]).values_list("group_uid", "pk"))
    for state in new:
        state.pk = by_urn.get(state.urn) if state.urn else by_uid.get(state.uid)
        if state.pk is None:
            # A group without a UID is known by its name alone; the last row of that name was just made.
            same = keys.filter(kind=state.kind, group_uid=None, name=state.facts["name"])
            state.pk = same.values_list("pk", flat=True).last()


def write_memberships(plan: Plan, datasets: dict[str, int]) -> None:
    """Write the memberships that are new or changed; those that ended stay as history."""
    made = [
        GroupMembership(
            pk=one.pk,
            organisation_id=one.school.key,
            group_id=one.group.key,
            since=one.since,
            until=one.until,
            dataset_id=datasets.get(one.source),
        )
        for one in plan.memberships.changes
    ]
    # What ends goes first: a school is in a group once at a time.
    known = [row for row in made if row.pk is not None]
    GroupMembership.objects.bulk_update(known, ["since", "until", "dataset"], batch_size=200)
    GroupMembership.objects.bulk_create([row for row in made if row.pk is None])


def write_links(plan: Plan, datasets: dict[str, int]) -> None:
    """Insert the new links, update the known."""
    made = []
    for key in plan.changed_links:
        pk, link = plan.links[key]
        made.append(
            Link(
                pk=pk,
                predecessor_urn=link.predecessor,
                successor_urn=link.successor,
                predecessor_name=link.predecessor_name,
                successor_name=link.successor_name,
                kind=link.kind,
                established_on=link.established_on,
                dataset_id=datasets.get(link.source),
            )
        )
    made.sort(key=lambda row: (row.predecessor_urn, row.successor_urn))
    Link.objects.bulk_create([row for row in made if row.pk is None])
    Link.objects.bulk_create(
        [row for row in made if row.pk is not None],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["predecessor_name", "successor_name", "kind", "established_on", "dataset"],
    )
