"""Who may see which data, and why. Closed unless something opens it; each thing that opens says so in words.

Each app declares its datasets, with the classes that their columns fall into. What opens data is a `Way`: here the
roles that a viewer holds on the subject itself, and sharing between areas; apps add their own with `opens_by`
(signed terms, say). Everything is asked for a day: today, a day to come, or any past day, with the roles and the
sharing of that day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from isthmus.apps.core import directory
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.held import RoleHeld
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope, ScopeKind, on_scopes
from isthmus.apps.core.sharing_models import Sharing


@dataclass(frozen=True)
class DataClass:
    """Columns of a dataset that are opened or kept closed as one: {"networks.Plan": ("name", "state")}.

    `shared` says whether sharing with another area opens them.
    """

    name: str
    words: str
    columns: Mapping[str, tuple[str, ...]]
    shared: bool = False


@dataclass(frozen=True)
class Dataset:
    """Data about one kind of subject ('the plans of an area'), and the permission by which a role there sees it."""

    name: str
    words: str
    of: ScopeKind
    permission: Permission
    classes: tuple[DataClass, ...]

    @property
    def every_class(self) -> frozenset[str]:
        """The names of all its classes."""
        return frozenset(c.name for c in self.classes)

    @property
    def shared_classes(self) -> frozenset[str]:
        """The names of the classes that sharing opens; none where the dataset cannot be shared."""
        return frozenset(c.name for c in self.classes if c.shared)


@dataclass(frozen=True)
class Viewer:
    """Somebody with the roles they hold on the day that is asked about."""

    name: str
    roles: tuple[RoleHeld, ...]


@dataclass(frozen=True)
class Ground:
    """One reason why a viewer may see classes of one subject's dataset. `why` is worked out when it is read."""

    dataset: str
    subject: Scope
    classes: frozenset[str]
    why: Callable[[], str]


@dataclass(frozen=True)
class Way:
    """A way in which data is opened.

    `grounds(viewer, datasets, day)` gives all that it opens to a viewer; `reaches(dataset, subject, day)` the scopes
    on which somebody must hold a role for it to open that subject to them.
    """

    grounds: Callable[[Viewer, Collection[Dataset], date], Iterable[Ground]]
    reaches: Callable[[Dataset, Scope, date], Iterable[Scope]]


@dataclass(frozen=True)
class Decision:
    """Whether somebody may see, which classes, and why in words."""

    allowed: bool
    reason: Callable[[], str]
    classes: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def why(self) -> str:
        """The reason in words."""
        return self.reason()


DATASETS: dict[str, Dataset] = {}
WAYS: dict[str, Way] = {}
Everybody = Callable[[Collection[Scope], date], Iterable[Viewer]]
_EVERYBODY: list[Everybody] = []


def declare(dataset: Dataset) -> Dataset:
    """Say that there is such a dataset; an app does so once."""
    DATASETS[dataset.name] = dataset
    return dataset


def opens_by(name: str, way: Way) -> None:
    """Add a way in which data is opened, under a name of its own."""
    WAYS[name] = way


def everybody_from(find: Everybody) -> Everybody:
    """Register what finds the people who hold a role on some scopes on a day, for `who_could_see`."""
    _EVERYBODY[:] = [find]
    return find


def may_see(viewer: Actor | None, dataset: str, subject: Scope, day: date | None = None) -> Decision:
    """Whether `viewer` may see `dataset` of `subject` on `day` (today where none is given), and why."""
    return may_see_many(viewer, [dataset], [subject], day)[dataset, subject]


def may_see_many(
    viewer: Actor | None, datasets: Collection[str], subjects: Collection[Scope], day: date | None = None
) -> dict[tuple[str, Scope], Decision]:
    """A decision for each dataset and subject, at the cost of one: what a page of many asks."""
    day = day or today()
    somebody = _viewer(viewer, day)
    wanted = [DATASETS[name] for name in datasets]
    found: dict[tuple[str, Scope], list[Ground]] = {}
    for ground in _grounds(somebody, wanted, day):
        found.setdefault((ground.dataset, ground.subject), []).append(ground)
    return {
        (dataset.name, subject): _decision(
            somebody, dataset, subject, day, found.get((dataset.name, subject))
        )
        for dataset in wanted
        for subject in subjects
    }


def opened(viewer: Actor, dataset: str, day: date | None = None) -> dict[Scope, frozenset[str]]:
    """Every subject whose `dataset` the viewer may see on `day`, with the classes that are open: for lists."""
    day = day or today()
    found: dict[Scope, frozenset[str]] = {}
    for ground in _grounds(_viewer(viewer, day), [DATASETS[dataset]], day):
        found[ground.subject] = found.get(ground.subject, frozenset()) | ground.classes
    return found


def who_could_see(
    dataset: str, subject: Scope, day: date | None = None
) -> list[tuple[Viewer, Decision, Scope]]:
    """Everybody who could see `dataset` of `subject` on `day`, why, and the scope of the role that it hangs on."""
    day, wanted = day or today(), DATASETS[dataset]
    reached = {scope for way in WAYS.values() for scope in way.reaches(wanted, subject, day)}
    found = []
    for viewer in _EVERYBODY[0](reached, day) if _EVERYBODY else ():
        grounds = [g for g in _grounds(viewer, [wanted], day) if g.subject == subject]
        if grounds:
            on = sorted({role.scope for role in viewer.roles} & reached, key=lambda s: (s != subject, s))
            found.append((viewer, _decision(viewer, wanted, subject, day, grounds), on[0]))
    return found


def _viewer(viewer: Actor | None, day: date) -> Viewer:
    if viewer is None or not viewer.is_authenticated:
        return Viewer("", ())
    return Viewer(str(viewer), tuple(viewer.roles_on(day)))


def _grounds(viewer: Viewer, datasets: Sequence[Dataset], day: date) -> Iterable[Ground]:
    if viewer.roles:  # nothing is open to whoever plays no part
        for way in WAYS.values():
            yield from way.grounds(viewer, datasets, day)


def _decision(
    viewer: Viewer, dataset: Dataset, subject: Scope, day: date, grounds: Sequence[Ground] | None
) -> Decision:
    if grounds:
        classes = frozenset().union(*(ground.classes for ground in grounds))
        return Decision(True, lambda: " ".join(ground.why() for ground in grounds), classes)

    def closed() -> str:
        if not viewer.roles:
            return f"{viewer.name or 'Somebody who is not signed in'} holds no role on {in_words(day)}."
        return (
            f"Nothing opens the {dataset.words} of {directory.name(subject)} to {viewer.name} "
            f"on {in_words(day)}: no role there lets them see it, and nobody shares it with them."
        )

    return Decision(False, closed)


def _by_role(viewer: Viewer, datasets: Collection[Dataset], day: date) -> Iterable[Ground]:
    for role in viewer.roles:
        for dataset in datasets:
            if role.scope.kind == dataset.of and dataset.permission in role.permissions:
                yield Ground(dataset.name, role.scope, dataset.every_class, _role_in_words(viewer, role))


def _role_in_words(viewer: Viewer, role: RoleHeld) -> Callable[[], str]:
    def why() -> str:
        until = f" until {in_words(role.ends)}" if role.ends else ""
        place = directory.name(role.scope)
        return f"{viewer.name} is {role.label} of {place}, from {in_words(role.starts)}{until}."

    return why


def _by_sharing(viewer: Viewer, datasets: Collection[Dataset], day: date) -> Iterable[Ground]:
    by_name = {dataset.name: dataset for dataset in datasets if dataset.shared_classes}
    places = {role.scope for role in viewer.roles if role.scope.kind == ScopeKind.AREA}
    if not by_name or not places:
        return
    rows = Sharing.objects.in_force(day).filter(on_scopes(places, "to"), dataset__in=by_name)
    for row in rows.order_by("made_at", "pk"):
        dataset = by_name[row.dataset]
        role = next(
            (r for r in viewer.roles if r.scope == row.to and dataset.permission in r.permissions), None
        )
        if role is not None:
            yield Ground(row.dataset, row.scope, dataset.shared_classes, _sharing_in_words(viewer, role, row))


def _sharing_in_words(viewer: Viewer, role: RoleHeld, row: Sharing) -> Callable[[], str]:
    def why() -> str:
        names = directory.names([row.scope, row.to])
        return (
            f"{names[row.scope]} shares its {DATASETS[row.dataset].words} with {names[row.to]} from "
            f"{in_words(row.starts)} until {in_words(row.ends)}, to ‘{row.purpose}’; {viewer.name} is "
            f"{role.label} of {names[row.to]}."
        )

    return why


def _shared_with(dataset: Dataset, subject: Scope, day: date) -> Iterable[Scope]:
    of_subject = Q(scope_kind=subject.kind, scope_id=subject.id, dataset=dataset.name)
    return [row.to for row in Sharing.objects.in_force(day).filter(of_subject)]


opens_by("roles", Way(_by_role, lambda _dataset, subject, _day: [subject]))
opens_by("sharing", Way(_by_sharing, _shared_with))
