"""One way for every list: filter, sort, count, pages that remember what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpRequest, QueryDict

from isthmus.apps.core.components import Column

M = TypeVar("M", bound=Model)
T = TypeVar("T")
PER_PAGE = 50


@dataclass(frozen=True)
class Sort:
    """A way to order a list: its word for people and the fields, ties broken so that pages never overlap.

    Where the first field `may_be_unknown`, rows without it come last in either direction, on every database.
    """

    label: str
    fields: tuple[str, ...]
    may_be_unknown: bool = False

    def ordered(self, *, descending: bool) -> list[str | OrderBy]:
        """What `order_by` takes, each field turned round for the other direction."""
        turned = [f[1:] if f.startswith("-") else f"-{f}" for f in self.fields]
        first, *others = turned if descending else self.fields
        leading: str | OrderBy = first
        if self.may_be_unknown:
            down = first.startswith("-")
            leading = OrderBy(F(first.removeprefix("-")), descending=down, nulls_last=True)
        return [leading, *others, "pk"]


@dataclass(frozen=True)
class Order(Generic[T]):
    """A way to order rows that are in memory: its word for people, and a key; None is not known and comes last."""

    label: str
    key: Callable[[T], Any]


@dataclass(frozen=True)
class Listing(Generic[T]):
    """A page of a list. `query` is what was asked without the page number, for links."""

    page: Page[T]
    total: int
    sort: str
    sorts: Mapping[str, Sort] | Mapping[str, Order[T]]
    query: QueryDict

    def link(self, **changes: Any) -> str:
        """The address of this list with some things asked differently; None takes a thing away."""
        query = self.query.copy()
        for key, value in changes.items():
            if value is None:
                query.pop(key, None)
            else:
                query[key] = str(value)
        return "?" + query.urlencode()

    def column(self, label: str, key: str = "", *, numeric: bool = False) -> Column:
        """A column of this list's table; with the `key` of a sort its heading sorts, and turns the order round."""
        if not key:
            return Column(label, numeric=numeric)
        now = {key: "ascending", f"-{key}": "descending"}.get(self.sort, "")
        return Column(label, numeric, self.link(sort=f"-{key}" if now == "ascending" else key), now)

    @property
    def page_links(self) -> list[dict[str, Any]]:
        """Links to pages as the pagination component wants them; an ellipsis has no url."""
        numbers = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1)
        return [
            {"number": n, "url": self.link(page=n), "current": n == self.page.number}
            if isinstance(n, int)
            else {"ellipsis": True}
            for n in numbers
        ]

    @property
    def previous_url(self) -> str:
        return self.link(page=self.page.number - 1) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        return self.link(page=self.page.number + 1) if self.page.has_next() else ""


def listing(
    request: HttpRequest, rows: QuerySet[M], *, sorts: Mapping[str, Sort], per_page: int = PER_PAGE
) -> Listing[M]:
    """The page of `rows` that the request asks for; the first of `sorts` is the usual order.

    A page number that is no number or past the end gives the nearest page, never an error.
    """
    sort, order = _order(request, sorts)
    query = request.GET.copy()
    query.pop("page", None)
    paginator = Paginator(rows.order_by(*order), per_page)
    page = paginator.get_page(request.GET.get("page"))
    return Listing(page=page, total=paginator.count, sort=sort, sorts=sorts, query=query)


def ordered(request: HttpRequest, rows: QuerySet[M], *, sorts: Mapping[str, Sort]) -> QuerySet[M]:
    """All of `rows` in the order that the request asks for: for a file of the list that the page shows."""
    return rows.order_by(*_order(request, sorts)[1])


def _order(request: HttpRequest, sorts: Mapping[str, Sort]) -> tuple[str, list[str | OrderBy]]:
    """The sort as the address gives it, and what `order_by` takes; the first where it is none of `sorts`."""
    sort = request.GET.get("sort", "")
    key, descending = sort.removeprefix("-"), sort.startswith("-")
    if key not in sorts:
        sort, key, descending = next(iter(sorts)), next(iter(sorts)), False
    return sort, sorts[key].ordered(descending=descending)


def listing_of(
    request: HttpRequest, rows: Sequence[T], *, sorts: Mapping[str, Order[T]], per_page: int = PER_PAGE
) -> Listing[T]:
    """As `listing`, of rows that were worked out and are in memory. They come in an order that breaks ties."""
    sort = request.GET.get("sort", "")
    key, descending = sort.removeprefix("-"), sort.startswith("-")
    if key not in sorts:
        sort, key, descending = next(iter(sorts)), next(iter(sorts)), False
    value = sorts[key].key
    known = [row for row in rows if value(row) is not None]
    ordered = sorted(known, key=value, reverse=descending) + [row for row in rows if value(row) is None]
    query = request.GET.copy()
    query.pop("page", None)
    paginator = Paginator(ordered, per_page)
    page = paginator.get_page(request.GET.get("page"))
    return Listing(page=page, total=paginator.count, sort=sort, sorts=sorts, query=query)
