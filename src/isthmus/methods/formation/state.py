"""The state of a plan, computed afresh."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.kernels import State
from isthmus.methods.formation.model import Model


def make_state(model: Model, group: NDArray[np.int32]) -> State:
    """The state of a plan, ``group`` (b,), computed afresh."""
    d, k = model.data, model.groups
    b = len(group)
    count = np.bincount(group, minlength=k).astype(np.int32)
    largest = int(np.minimum(d.high[:, 0].max(), b))
    room = min(b, max(largest, int(count.max())) + 8)
    order = np.argsort(group, kind="stable")
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    place = np.empty(b, dtype=np.int32)
    place[order] = np.arange(b) - start[group[order]]
    members = np.full((k, room), -1, dtype=np.int32)
    members[group, place] = np.arange(b)
    load, need, strength = (np.zeros((k, t.shape[1])) for t in (d.resource, d.needs, d.strengths))
    for table, item in ((load, d.resource), (need, d.needs), (strength, d.strengths)):
        np.add.at(table, group, item)
    contact, own = np.zeros((0, 0)), np.zeros(b)
    if len(d.dense):
        contact = np.zeros((k, b))
        for i in range(b):
            contact[group[i]] += d.dense[i]
        own = contact[group, np.arange(b)].copy()
    else:
        own = _own(model, group)
    middle = np.zeros((0, 2))
    if not len(d.dense):
        middle = np.zeros((k, 2))
        np.add.at(middle, group, np.add.reduceat(d.feature[:, :2], d.first[:-1], axis=0))
    inside = np.bincount(group, weights=own / 2 + d.inner, minlength=k)
    away = int(d.away[np.arange(b), group].sum()) if len(d.away) else 0
    moved = np.array([away], dtype=np.int64)
    return State(
        group.astype(np.int32), place, members, count, load, inside, contact, own,
        need.astype(np.int32), strength.astype(np.int32), middle, moved,
    )  # fmt: skip


def _own(model: Model, group: NDArray[np.int32]) -> NDArray[np.float64]:
    """(b,) each block's cost to the rest of its group, pairs of schools taken at growing distance in group order."""
    schools_group = group[model.block_of]
    order = np.argsort(schools_group, kind="stable")
    own = np.zeros(len(group))
    for gap in range(1, len(order)):
        i, j = order[:-gap], order[gap:]
        same = schools_group[i] == schools_group[j]
        if not same.any():
            break
        i, j = i[same], j[same]
        apart = model.block_of[i] != model.block_of[j]
        i, j = i[apart], j[apart]
        value = sum(model.costs.values(i, j).values(), np.zeros(len(i)))
        np.add.at(own, model.block_of[i], value)
        np.add.at(own, model.block_of[j], value)
    return own


def energy(model: Model, state: State) -> float:
    """The sum that the search minimises."""
    d = model.data
    size = np.rint(state.load[:, 0]).astype(np.int64)
    unmet = (state.need * (state.strength == 0)).sum(axis=1) * d.need_cost
    return float(((state.inside + unmet) * d.factor[size]).sum())
