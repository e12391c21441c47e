"""A picture of an area's networks, measured."""

from __future__ import annotations

from isthmus.apps.networks.choices import TAUGHT_SECONDARY, phase_label
from isthmus.apps.networks.models import LEADING
from isthmus.apps.networks.queries.existing import Picture, Shown
from isthmus.methods import networks as method
from isthmus.methods.networks import Change, Survey

__all__ = ["Change", "Survey", "compared", "measured"]


def measured(picture: Picture) -> Survey:
    """The measures of one day. Partners of other kinds are no part of them."""
    here = set(picture.here)
    keys = dict.fromkeys([*picture.here, *(sat.school for sat in picture.members)])
    schools = [_school(picture.schools[key], key in here) for key in keys if picture.is_school(key)]
    layers = [method.Layer(layer.pk, layer.for_every_school) for layer in picture.layers]
    return method.survey(schools, layers, _groups(picture), _members(picture))


def compared(before: Picture, after: Picture) -> Change:
    """What changed from one day to another."""
    return method.compare((_groups(before), _members(before)), (_groups(after), _members(after)))


def _school(school: Shown, here: bool) -> method.School:
    at = (float(school.easting), float(school.northing or 0)) if school.easting is not None else None
    faith = None if school.has_faith is None else school.religious_character if school.has_faith else "none"
    phase = phase_label(school.phase) if school.phase else None
    return method.School(school.pk, at, phase, faith, school.phase in TAUGHT_SECONDARY, here)


def _groups(picture: Picture) -> list[method.Group]:
    return [method.Group(network.pk, network.layer_id) for network in picture.networks]


def _members(picture: Picture) -> list[method.Member]:
    shown = {network.pk for network in picture.networks}
    schools = {key for key in {sat.school for sat in picture.members} if picture.is_school(key)}
    return [
        method.Member(sat.network, sat.school, sat.role in LEADING)
        for sat in picture.members
        if sat.network in shown and sat.school in schools
    ]
