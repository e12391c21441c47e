"""What is measured: schools, networks in layers, and who is in which."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

Key = Hashable


@dataclass(frozen=True)
class School:
    """A school: `at` is (easting, northing) in metres, None where not known; `phase` and `faith` None likewise.

    `secondary` says whether it teaches pupils of secondary age; `here` whether it is one of the area's own.
    """

    key: Key
    at: tuple[float, float] | None
    phase: str | None
    faith: str | None
    secondary: bool
    here: bool = True


@dataclass(frozen=True)
class Layer:
    """A layer; `everybody` says that each school is meant to be in one of its networks."""

    key: Key
    everybody: bool = False


@dataclass(frozen=True)
class Group:
    """A network of a layer."""

    key: Key
    layer: Key


@dataclass(frozen=True)
class Member:
    """A school in a network; `leads` where others look to it."""

    group: Key
    school: Key
    leads: bool = False
