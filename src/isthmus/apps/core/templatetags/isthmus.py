"""The components that pages are made of: `{% load isthmus %}`. Examples of each: docs/design.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.db.models import Model
from django.forms import BoundField
from django.forms.formsets import BaseFormSet
from django.http import QueryDict
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from isthmus.apps.core import audit, dates, numbers, queries, stories
from isthmus.apps.core.components import Action, Cell, Column, Fact, MapSource, Table, Task
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.rendering import GovukBoundField, form_errors

register = template.Library()
register.filter("day", dates.in_words)
register.filter("moment", dates.moment_in_words)
register.filter("whole", numbers.whole)
register.filter("percent", numbers.percent)

COLOURS = ("", "grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow")
BUTTONS = ("", "secondary", "warning")


@register.filter
def tens(percent: int) -> int:
    """Rounded down to tens, so that progress is announced ten times and not a hundred."""
    return percent // 10 * 10


def _component(template_name: str, /, **context: Any) -> SafeString:
    return render_to_string(f"core/components/{template_name}.html", context)


def _one_of(value: str, allowed: Sequence[str], what: str) -> str:
    if value not in allowed:
        raise template.TemplateSyntaxError(
            f"{what} must be one of {', '.join(filter(None, allowed))}, not {value!r}"
        )
    return value


@register.simple_tag
def button(
    label: str, href: str = "", kind: str = "", name: str = "", value: str = "", disabled: bool = False
) -> SafeString:
    """A submit button, or with `href` a link that looks like one."""
    _one_of(kind, BUTTONS, "A button's kind")
    return _component("button", label=label, href=href, kind=kind, name=name, value=value, disabled=disabled)


@register.simple_tag
def breadcrumbs(*crumbs: Any) -> SafeString:
    """Labels and addresses in turn ("Areas" areas_url "Hampshire" area_url), or one list of pairs."""
    pairs = crumbs[0] if len(crumbs) == 1 else list(zip(crumbs[::2], crumbs[1::2], strict=True))
    return _component("breadcrumbs", crumbs=pairs)


@register.simple_tag
def back_link(url: str, label: str = "Back") -> SafeString:
    """The way back to where the person came from."""
    return _component("back_link", url=url, label=label)


@register.simple_tag
def summary_list(facts: Iterable[Fact | tuple[str, object]]) -> SafeString:
    """Facts as rows: `Fact` or pairs of label and value."""
    rows = [fact if isinstance(fact, Fact) else Fact(*fact) for fact in facts]
    return _component("summary_list", facts=rows, any_actions=any(row.actions for row in rows))


@register.simple_tag
def history(thing: Model) -> SafeString:
    """What happened to a thing, newest first, in plain words. The page that shows it has checked who may see it."""
    events = queries.history(thing._meta.label_lower, thing.pk)
    return summary_list(stories.story(events))


@register.simple_tag
def why(label: str) -> SafeString:
    """A field for the reason, which the record keeps: `audit.reason` reads it."""
    return _component("why", label=label, most=audit.MOST_WORDS)


@register.simple_block_tag
def card(content: str, title: str, level: int = 2, actions: Sequence[Action] = ()) -> SafeString:
    """A summary card around what stands between the tags, usually a summary list."""
    return _component("card", content=content, title=title, level=level, actions=actions)


@register.simple_tag
def table(table: Table) -> SafeString:
    """A table that scrolls sideways by itself where the window is narrow."""
    return _component("table", table=table, rows=[_row(row) for row in table.body])


# Rows are put together here and not in a template: a list of 600 schools has some 5,000 cells.
def _row(row: list[tuple[Column, Cell]]) -> SafeString:
    head, *others = (_cell(column, cell) for column, cell in row)
    first = f'<th scope="row" class="govuk-table__header">{head[1]}</th>'
    rest = "".join(f'<td class="govuk-table__cell{style}">{html}</td>' for style, html in others)
    return SafeString(f'<tr class="govuk-table__row">{first}{rest}</tr>\n')


def _cell(column: Column, cell: Cell) -> tuple[str, str]:
    """The class that a cell adds, and its HTML, escaped."""
    text = conditional_escape(cell.text if isinstance(cell.text, str) else str(cell.text))
    html: str = text
    if cell.url:
        name = f' aria-label="{text}: {conditional_escape(cell.about)}"' if cell.about else ""
        html = f'<a class="govuk-link" href="{conditional_escape(cell.url)}"{name}>{text}</a>'
    elif cell.tag:
        html = tag(str(cell.text), cell.tag)
    if cell.map_show:
        about = f'<span class="govuk-visually-hidden"> {text}</span>'
        html += f" {_show_button(SafeString(f'Show{about} on the map'), cell.map_show)}"
    return " govuk-table__cell--numeric" if column.numeric else "", html


@register.simple_block_tag
def table_region(content: str, label: str) -> SafeString:
    """A region that scrolls sideways, for a table written by hand."""
    return _component("table_region", content=content, label=label)


@register.simple_tag(takes_context=True)
def pagination(
    context: template.Context, pages: Listing[Any] | Page[Any], label: str = "Pages"
) -> SafeString:
    """Links to the pages of a `Listing`, or of a Django page (then `?page=` joins what the address asks already)."""
    if isinstance(pages, Listing):
        links, previous, following = pages.page_links, pages.previous_url, pages.next_url
        several = pages.page.has_other_pages()
    else:
        query: QueryDict = context["request"].GET.copy()

        def link(number: int) -> str:
            query["page"] = str(number)
            return "?" + query.urlencode()

        shown = pages.paginator.get_elided_page_range(pages.number, on_each_side=1, on_ends=1)
        links = [
            {"number": n, "url": link(n), "current": n == pages.number}
            if isinstance(n, int)
            else {"ellipsis": True}
            for n in shown
        ]
        previous = link(pages.previous_page_number()) if pages.has_previous() else ""
        following = link(pages.next_page_number()) if pages.has_next() else ""
        several = pages.has_other_pages()
    if not several:
        return SafeString("")
    return _component("pagination", links=links, previous=previous, following=following, label=label)


@register.simple_tag
def error_summary(*parts: forms.BaseForm | BaseFormSet[Any]) -> SafeString:
    """Every error of the forms and formsets, each linked to its field. The base page shows that of `form`."""
    errors = [error for part in parts for error in form_errors(part)]
    return _component("error_summary", errors=errors) if errors else SafeString("")


@register.simple_tag
def field(bound: BoundField, heading: bool = False) -> SafeString:
    """One field of a form; with `heading` its label is the page's h1."""
    if not isinstance(bound, GovukBoundField):
        raise template.TemplateSyntaxError("{% field %} takes a field of a form, such as form.name")
    return bound.as_field_group_with(heading=heading)


@register.simple_tag
def notification(text: str, kind: str = "info", number: int = 1) -> SafeString:
    """A banner: `success` says what was done, `warning` and `error` what went wrong, anything else what matters."""
    title = {"success": "Done", "warning": "Check this", "error": "There is a problem"}.get(kind, "Important")
    return _component("notification", text=text, title=title, success=kind == "success", number=number)


@register.simple_tag
def tag(label: str, colour: str = "") -> SafeString:
    """A state in a word or two. The word says it; the colour only helps."""
    return _component("tag", label=label, colour=_one_of(colour, COLOURS, "A tag's colour"))


@register.simple_block_tag
def inset(content: str) -> SafeString:
    """Text set apart."""
    return _component("inset", content=content)


@register.simple_block_tag
def details(content: str, summary: str, open: bool = False) -> SafeString:  # noqa: A002 - the name of the HTML attribute
    """Text that opens under its summary."""
    return _component("details", content=content, summary=summary, open=open)


@register.simple_tag
def warning(text: str) -> SafeString:
    """A warning about what follows from something."""
    return _component("warning", text=text)


@register.simple_tag
def task_list(tasks: Sequence[Task], prefix: str = "task") -> SafeString:
    """What is to be done, and what is done."""
    return _component("task_list", tasks=tasks, prefix=prefix)


@register.simple_tag
def progress(label: str, percent: int, text: str = "", id: str = "progress") -> SafeString:  # noqa: A002 - as in HTML
    """How far something is: a bar with its label, and the same in words."""
    return _component("progress", label=label, percent=percent, text=text, id=id)


@register.simple_tag(name="map")
def map_(source: MapSource) -> SafeString:
    """A map, which a list on the same page must say in words. Loads its own style and script."""
    tiles = {"tiles": settings.TILES, "tiles_attribution": settings.TILES_ATTRIBUTION}
    return _component("map", source=source, **tiles)


@register.simple_tag
def map_show(label: str, what: str) -> SafeString:
    """A button that shows `what` ("network:3" or "point:100001") on the map; absent where there is no map."""
    return _show_button(label, what)


# Hidden until there is a map to act on.
def _show_button(label: str, what: str) -> SafeString:
    button = '<button type="button" class="app-map-show" data-map-show="{}" hidden>{}</button>'
    return format_html(button, what, label)


@register.simple_tag
def asset_or_nothing(path: str) -> str:
    """The address of a static file, or nothing: for the page that must be drawn whatever is broken."""
    try:
        return str(static(path))
    except ValueError:
        return ""
