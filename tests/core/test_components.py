"""Each component, as HTML: what it says, what it escapes, and what it refuses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings

from isthmus.apps.core.components import Action, Cell, Column, Fact, MapSource, Table, Task
from tests.invariants import problems

STRICT = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}


def drawn(source: str, /, **context: Any) -> str:
    """The source as a template, its HTML free of problems."""
    html = Template("{% load isthmus %}" + source).render(Context(context))
    assert problems(f"<div>{html}</div>", STRICT) == []
    return html


def test_a_button_submits_or_with_an_address_leads_there() -> None:
    assert '<button type="submit"' in drawn('{% button "Save" name="later" value="yes" %}')
    html = drawn('{% button label href="/plans/" kind="secondary" %}', label="<b>Plans</b>")
    assert 'href="/plans/"' in html
    assert "govuk-button--secondary" in html
    assert "&lt;b&gt;Plans" in html


def test_a_kind_or_colour_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="one of secondary, warning, not 'loud'"):
        drawn('{% button "Save" kind="loud" %}')
    with pytest.raises(TemplateSyntaxError, match="colour must be one of"):
        drawn('{% tag "Open" "beige" %}')


def test_breadcrumbs_take_pairs_or_a_list_and_end_without_a_link() -> None:
    html = drawn('{% breadcrumbs "Areas" "/areas/" "Hampshire" "" %}')
    assert html == drawn("{% breadcrumbs crumbs %}", crumbs=[("Areas", "/areas/"), ("Hampshire", "")])
    assert '<span aria-current="page">Hampshire</span>' in html


def test_facts_say_what_is_not_known_and_zero_is_known() -> None:
    html = drawn(
        "{% summary_list facts %}",
        facts=[Fact("Head", None), Fact("Lines", ["One", "Two"], note="Register"), ("Places", 0)],
    )
    assert html.count("not available") == 1
    assert "One<br>Two" in "".join(html.split())
    assert "Register" in html


def test_actions_say_what_they_are_about_to_those_who_cannot_see() -> None:
    html = drawn(
        '{% card "Plan" actions=actions %}{% endcard %}', actions=[Action("Change", "/change/", "the plan")]
    )
    assert '<span class="govuk-visually-hidden"> the plan</span>' in html


def test_a_table_has_caption_headers_and_marks_its_order() -> None:
    columns = [Column("School", sort_url="?sort=-name", sorted="ascending"), Column("Pupils", numeric=True)]
    table = Table("Schools", columns, [[Cell("<i>A</i>", url="/a/"), 0], ["B", None]])
    html = drawn("{% table table %}", table=table)
    assert 'aria-sort="ascending"' in html
    assert "&lt;i&gt;A" in html
    assert '<td class="govuk-table__cell govuk-table__cell--numeric">0</td>' in html
    assert html.count("not available") == 1
    assert 'role="region" aria-label="Schools" tabindex="0"' in html


def test_a_cell_may_be_a_tag_or_offer_the_map() -> None:
    columns = [Column("School"), Column("State")]
    table = Table(
        "Schools", columns, [[Cell("A", url="/a/", map_show="point:100001"), Cell("Open", tag="green")]]
    )
    html = drawn("{% table table %}", table=table)
    assert '<strong class="govuk-tag govuk-tag--green">Open</strong>' in html
    assert (
        'data-map-show="point:100001" hidden>Show<span class="govuk-visually-hidden"> A</span> on the map'
        in html
    )


def test_a_table_without_rows_says_what_will_be_here() -> None:
    table = Table("Plans", [Column("Plan")], [], empty="There are none yet.")
    assert "There are none yet." in drawn("{% table table %}", table=table)
    assert "<table" not in drawn("{% table table %}", table=table)


def test_a_row_that_does_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="Row 1 of 'Schools' has 2 cells for 1 columns"):
        Table("Schools", [Column("School")], [["A", "B"]])


def test_pages_keep_what_was_asked() -> None:
    request = RequestFactory().get("/schools/", {"q": "st mary", "page": "3"})
    html = drawn("{% pagination pages %}", request=request, pages=Paginator(range(500), 50).page(3))
    assert 'href="?q=st+mary&amp;page=2"' in html
    assert 'aria-label="Page 3" aria-current="page"' in html
    assert drawn("{% pagination pages %}", request=request, pages=Paginator(range(5), 50).page(1)) == ""


def test_details_inset_and_warning_hold_their_text() -> None:
    assert "<b>bold</b>" in drawn('{% details "More" %}<b>bold</b>{% enddetails %}')
    assert "&lt;b&gt;" in drawn("{% inset %}{{ text }}{% endinset %}", text="<b>")
    assert "Warning</span> You cannot undo this." in drawn('{% warning "You cannot undo this." %}')


def test_a_task_points_to_its_status() -> None:
    html = drawn(
        "{% task_list tasks %}",
        tasks=[Task("Look", "To do", "/look/", hint="Soon"), Task("Sign", "Done", done=True)],
    )
    assert 'aria-describedby="task-1-hint task-1-status"' in html
    assert html.count("govuk-tag") == 1


def test_progress_says_in_words_what_the_bar_shows() -> None:
    html = drawn('{% progress "Importing" 40 "row 4,000" %}')
    assert '<progress id="progress" max="100" value="40">40%</progress>' in html
    assert "40%: row 4,000" in html


@override_settings(TILES="", TILES_ATTRIBUTION="")
def test_a_map_carries_addresses_and_leads_to_its_list_without_javascript() -> None:
    html = drawn(
        '{% map source %}<ul id="list"></ul>', source=MapSource("Schools", "/p.geojson", list_id="list")
    )
    assert 'data-points="/p.geojson"' in html
    assert 'href="#list"' in html
    assert "data-tiles" not in html


@override_settings(TILES="https://tiles.example/{z}/{x}/{y}.png", TILES_ATTRIBUTION="© Somebody")
def test_a_map_has_tiles_where_the_installation_has_an_address_for_them() -> None:
    html = drawn("{% map source %}", source=MapSource("Schools", "/p.geojson"))
    assert 'data-tiles="https://tiles.example/{z}/{x}/{y}.png" data-tiles-attribution="© Somebody"' in html


def job(**changes: Any) -> SimpleNamespace:
    """A job as the panel reads it."""
    usual = {"pk": UUID(int=1), "state": "running", "percent": 47, "message": "row 9", "is_over": False}
    more = {"cancel_requested": False, "result_url": "/plans/1/", "get_state_display": "Running"}
    return SimpleNamespace(**{**usual, **more, **changes})


def panel(job: SimpleNamespace) -> str:
    """The panel on the page of the job."""
    request = RequestFactory().get("/tasks/1/")
    html = render_to_string("core/job_panel.html", {"job": job}, request)
    assert problems(html, STRICT) == []
    return html


def test_a_running_job_is_watched_and_can_be_stopped() -> None:
    html = panel(job())
    assert 'hx-trigger="every 1s"' in html
    assert 'data-announce="Running: 40%"' in html
    assert "Stop this task" in html
    assert 'href="/tasks/1/">Refresh</a>' in html


def test_a_job_that_is_stopping_is_watched_but_not_stopped_again() -> None:
    html = panel(job(cancel_requested=True))
    assert "hx-trigger" in html
    assert "Stop this task" not in html


def test_a_finished_job_is_not_watched_and_leads_to_its_result() -> None:
    html = panel(job(is_over=True, state="done", message="", get_state_display="Finished"))
    assert "hx-trigger" not in html
    assert 'href="/plans/1/">See the result</a>' in html


def test_a_failed_job_says_why_and_promises_no_result() -> None:
    html = panel(
        job(is_over=True, state="failed", message="Row 3 has no URN.", get_state_display="Did not finish")
    )
    assert "Row 3 has no URN." in html
    assert "See the result" not in html
