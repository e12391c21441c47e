"""A spreadsheet of who is in what: looked through at once, then applied whole, or put aside."""

from __future__ import annotations

import hashlib
from datetime import date
from uuid import UUID

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.spreadsheets import SpreadsheetRefused, read
from isthmus.apps.networks.actions.existing import area_scope
from isthmus.apps.networks.adapters.incoming import Incoming, NetworkKey, Time, compare
from isthmus.apps.networks.adapters.spreadsheet import Read, Row, read_rows
from isthmus.apps.networks.models import Layer, Membership, MembershipImport, Network, UploadState
from isthmus.apps.register.models import Area

BATCH = 2000


@transaction.atomic
def give_memberships(
    *, by: Actor | None, area: Area, name: str, content: bytes, token: UUID
) -> MembershipImport:
    """Look a file through and keep what it says until it is applied. The same `token` again gives the first."""
    area = _locked(area)
    first = MembershipImport.objects.filter(area=area, token=token).first()
    if first is not None:
        return first
    kept = MembershipImport(
        area=area,
        file_name=name[:200],
        digest=hashlib.sha256(content).hexdigest(),
        token=token,
        by_id=by.pk if by else None,
    )
    try:
        read_file = read_rows(read(content, name))
    except SpreadsheetRefused as refused:
        kept.state, kept.report = UploadState.REFUSED, {"refused": str(refused)}
    else:
        _look(kept, read_file)
    kept.save()
    audit.record(
        "memberships.give",
        by=by,
        target=kept,
        scope=area_scope(area),
        detail={"sha256": kept.digest},
        after={"file": kept.file_name, "state": kept.get_state_display()},
    )
    return kept


def _locked(area: Area) -> Area:
    return Area.objects.select_for_update(of=("self",)).get(pk=area.pk)


def _look(kept: MembershipImport, found: Read) -> Incoming:
    """Compare what was read with what is known, and say in `kept` how it stands."""
    incoming = compare(kept.area, found.rows, found.headings)
    incoming.problems = sorted([*found.problems, *incoming.problems], key=lambda problem: problem.row)
    kept.report = incoming.report(found.headings, len(found.rows))
    if incoming.problems:
        kept.state, kept.rows = UploadState.REFUSED, []
    elif incoming.nothing_changes:
        kept.state, kept.rows = UploadState.UNCHANGED, []
    else:
        kept.state, kept.rows = UploadState.CHECKED, [row.to_json() for row in found.rows]
    return incoming


@transaction.atomic
def apply_memberships(*, by: Actor | None, kept: MembershipImport) -> MembershipImport:
    """Write a spreadsheet that was looked through, whole, after comparing it once more: others may have changed things.

    One that does not wait to be applied is left as it is, so a double click has one effect.
    """
    # The area's row is the lock: two files of one area are written one after the other.
    area = _locked(kept.area)
    kept = MembershipImport.objects.select_for_update(of=("self",)).get(pk=kept.pk)
    if kept.state != UploadState.CHECKED:
        return kept
    # In this order everywhere: the area, its layers (so nobody founds a network), its networks (so nobody joins one).
    list(Layer.objects.select_for_update(of=("self",)).filter(area=area).order_by("pk"))
    list(Network.objects.select_for_update(of=("self",)).filter(layer__area=area).order_by("pk"))
    kept.area = area
    headings: dict[str, str] = kept.report["headings"]
    incoming = _look(kept, Read([Row.from_json(row) for row in kept.rows], headings))
    if kept.state == UploadState.CHECKED:
        _write(area, incoming)
        kept.state, kept.rows = UploadState.APPLIED, []
    kept.save()
    counts = {name: kept.report[name] for name in ("new", "changed", "unchanged")}
    counts["new networks"] = len(kept.report["networks_new"])
    audit.record(
        "memberships.apply",
        by=by,
        target=kept,
        scope=area_scope(area),
        detail={"sha256": kept.digest},
        before={"state": str(UploadState.CHECKED.label)},
        after={"state": kept.get_state_display(), **counts},
    )
    return kept


@transaction.atomic
def put_memberships_aside(*, by: Actor, kept: MembershipImport) -> MembershipImport:
    """Forget what a spreadsheet said, without writing anything."""
    kept = MembershipImport.objects.select_for_update(of=("self",)).select_related("area").get(pk=kept.pk)
    if kept.state != UploadState.CHECKED:
        return kept
    before = {"state": kept.get_state_display()}
    kept.state, kept.rows = UploadState.PUT_ASIDE, []
    kept.save()
    after = {"state": kept.get_state_display()}
    scope = area_scope(kept.area)
    audit.record("memberships.put_aside", by=by, target=kept, scope=scope, before=before, after=after)
    return kept


def _write(area: Area, incoming: Incoming) -> None:
    """Layers, networks, memberships: four statements a thousand rows."""
    layers = {" ".join(layer.name.lower().split()): layer for layer in Layer.objects.filter(area=area)}
    for plain, name in incoming.layers.items():
        if plain not in layers:
            layers[plain] = Layer.objects.create(area=area, name=name)
    begins = _beginnings(incoming)
    made = Network.objects.bulk_create(
        Network(layer=layers[key[0]], name=incoming.names[key], starts=begins[key])
        for key in incoming.new_networks()
    )
    networks = {key: pk for key, pk in incoming.networks.items() if pk is not None}
    networks |= {key: network.pk for key, network in zip(incoming.new_networks(), made, strict=True)}
    rows = [(networks[key], time) for key, time in incoming.touched()]
    fields = ("role", "since", "until", "why_joined", "why_left")

    def row(network: int, time: Time) -> Membership:
        said = {name: getattr(time, name) for name in fields}
        return Membership(pk=time.pk, network_id=network, organisation_id=time.organisation, **said)

    changed = [row(network, time) for network, time in rows if time.pk is not None]
    Membership.objects.bulk_update(changed, fields, batch_size=200)
    new = [row(network, time) for network, time in rows if time.pk is None]
    Membership.objects.bulk_create(new, batch_size=BATCH)


def _beginnings(incoming: Incoming) -> dict[NetworkKey, date | None]:
    """The first day of each network: that of its first member, where the file gives one for every member."""
    days: dict[NetworkKey, list[date | None]] = {}
    for network, time in incoming.touched():
        days.setdefault(network, []).append(time.since)
    return {key: None if None in found else min(day for day in found if day) for key, found in days.items()}
