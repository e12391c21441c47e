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
    return {code: (pk, name) for code, pk, name in Area.objects.values_list("code", "pk", "name")}


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
    """Make the open memberships agree with each school's trust and federation; keep the closed ones as history."""
    for chunk in chunks(list(plan.regrouped.values())):
        _write_open(plan, chunk, datasets)
    for school, group, since, until in plan.past:
        GroupMembership.objects.get_or_create(
            organisation_id=school.key, group_id=group.key, since=since, until=until
        )


def _write_open(plan: Plan, states: Sequence[State], datasets: dict[str, int]) -> None:
    """Bring the open memberships of some schools up to date."""
    stored: dict[int, dict[int, GroupMembership]] = {state.key: {} for state in states}
    found = GroupMembership.objects.filter(organisation__in=[*stored], until=None).select_related("group")
    for membership in found:
        stored[membership.organisation_id][membership.group_id] = membership
    new, ended, dated = [], [], []
    for state in states:
        wanted = _groups_of(plan, state)
        for group_pk, membership in stored[state.key].items():
            # Hubs are told by their own file only; a trust or federation that is gone has been left.
            if group_pk not in wanted and membership.group.kind in ("trust", "federation"):
                noticed = plan.snapshot.sources[state.provenance[membership.group.kind]].date
                membership.until = max(noticed, membership.since or noticed)
                ended.append(membership)
        for group_pk, (group, source) in wanted.items():
            since = plan.joined.get((state.urn or "", id(group)))
            known = stored[state.key].get(group_pk)
            if known is None:
                new.append(
                    GroupMembership(
                        organisation_id=state.key,
                        group_id=group_pk,
                        since=since,
                        dataset_id=datasets.get(source),
                    )
                )
            elif since and known.since != since:
                known.since = since
                dated.append(known)
    GroupMembership.objects.bulk_update(ended, ["until"], batch_size=200)
    GroupMembership.objects.bulk_update(dated, ["since"], batch_size=200)
    GroupMembership.objects.bulk_create(new)


def _groups_of(plan: Plan, state: State) -> dict[int, tuple[State, str]]:
    """The groups a school is in now, with the source of each, by primary key."""
    wanted = {}
    for fact in ("trust", "federation"):
        if group := state.facts.get(fact):
            wanted[group.key] = (group, state.provenance.get(fact, ""))
    for group, source in plan.other_groups.get(state.urn or "", ()):
        wanted[group.key] = (group, source)
    return wanted


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
