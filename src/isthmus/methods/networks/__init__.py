"""Measures of networks that exist: who is in none, one or many, how they overlap, how spread and how mixed they are.

Plain values in, plain values out; distances are straight lines in kilometres.
"""

from isthmus.methods.networks.comparing import Change, NetworkChange, compare
from isthmus.methods.networks.measuring import (
    LayerMeasures,
    NetworkMeasures,
    Overlap,
    SchoolMeasures,
    Survey,
    survey,
)
from isthmus.methods.networks.model import Group, Layer, Member, School

__all__ = [
    "Change",
    "Group",
    "Layer",
    "LayerMeasures",
    "Member",
    "NetworkChange",
    "NetworkMeasures",
    "Overlap",
    "School",
    "SchoolMeasures",
    "Survey",
    "compare",
    "survey",
]
