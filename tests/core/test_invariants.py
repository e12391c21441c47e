"""The rules for pages find what they are for: each has a planted violation, and a good page breaks none."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from isthmus.apps.core.access import public
from tests.invariants import InvariantClient, PageProblem, check_page, problems

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; base-uri 'none'; " + (
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY}
GOOD = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Schools in Hampshire – Isthmus</title>
<link rel="stylesheet" href="/static/a.css"><script src="/static/a.js"></script></head><body>
<main id="main"><h1>Schools</h1><h2>Find one</h2>
<form method="get" action="/schools/"><label for="q">Name</label><input id="q" name="q" aria-describedby="hint">
<p id="hint">Or its number</p><button type="submit">Search</button></form>
<table><caption>Schools</caption><tr><th scope="col">Name</th></tr><tr><td>One</td></tr></table>
<p><a href="/one/">One</a> <a href="#main">Top</a> <img src="/static/m.svg" alt=""></p>
</main></body></html>"""


def test_a_good_page_breaks_no_rule() -> None:
    assert problems(GOOD, HEADERS) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("</h2>", "</h3>", "does not parse"),
        ("<h2>Find one</h2>", "<h1>Find one</h1>", "2 h1"),
        ("<h1>Schools</h1>", "", "0 h1"),
        ("<title>Schools", "<title>All schools", "does not begin with the h1"),
        (" – Isthmus", "", "does not end with"),
        ("<title>Schools", "<title>Error: Schools", "disagree"),
        ('<html lang="en-GB">', "<html>", "no lang"),
        ("<h2>Find one</h2>", "<h3>Find one</h3>", "goes from h1 to h3"),
        ('<p id="hint">', '<p id="hint"></p><p id="hint">', "the id 'hint' 2 times"),
        ('<label for="q">Name</label>', "", "field without a label"),
        ('<label for="q">Name</label>', '<label for="q"></label>', "field without a label"),
        (' method="get"', "", "without a method"),
        (' action="/schools/"', "", "without an action"),
        ('method="get"', 'method="post"', "posts without a token"),
        (
            "Name</label>",
            'Name</label><input type="hidden" name="csrfmiddlewaretoken">',
            "token in the address",
        ),
        ('for="q"', 'for="other"', "points to 'other'"),
        ('aria-describedby="hint"', 'aria-describedby="hint gone"', "points to 'gone'"),
        ('href="#main"', 'href="#gone"', "points to 'gone'"),
        ("</main>", "<script>run()</script></main>", "inline script"),
        ("</head>", "<style>p{}</style></head>", "inline style element"),
        ("<h1>", '<h1 style="color: red">', "inline style"),
        ("<h1>", '<h1 onclick="run()">', "inline onclick"),
        ("<h1>", '<h1 hx-on:click="run()">', "inline hx-on"),
        ('href="/one/"', 'href=" java\nscript:run()"', "address that is a script"),
        ('src="/static/a.js"', 'src="//elsewhere.example/a.js"', "from another site"),
        ('alt=""', "", "image without alt"),
        ("<h1>", "<h1><svg></svg>", "neither hidden nor named"),
        ("<caption>Schools</caption>", "", "without a caption"),
        ('<th scope="col">Name</th>', "<td>Name</td>", "without headers"),
        (' scope="col"', "", "without scope"),
        (">One</a>", "></a>", "a without words"),
        (">Search</button>", "></button>", "button without words"),
        (' href="/one/"', "", "leads nowhere"),
    ],
)
def test_a_planted_violation_is_named(before: str, after: str, said: str) -> None:
    assert before in GOOD
    found = problems(GOOD.replace(before, after, 1), HEADERS)
    assert any(said in problem for problem in found), found


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "no Content-Security-Policy"),
        (
            POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
            "script-src 'unsafe-inline'",
        ),
        (POLICY.replace("style-src 'self'", "style-src https:"), "style-src https:"),
        (POLICY.replace("default-src 'none'; ", ""), "object-src *"),
        (POLICY.replace("; frame-ancestors 'none'", ""), "without frame-ancestors"),
    ],
)
def test_a_loose_policy_is_named(header: str, said: str) -> None:
    found = problems(GOOD, {"Content-Security-Policy": header} if header else {})
    assert any(said in problem for problem in found), found


def test_a_fragment_needs_no_heading_but_keeps_the_other_rules() -> None:
    assert problems('<section aria-label="Task"><h2>Running</h2></section>', HEADERS) == []
    assert problems("<p><img src=/a.png></p>", HEADERS) == ['has an image without alt: <img src="/a.png">']


def test_every_broken_rule_is_in_one_message() -> None:
    bad = GOOD.replace(' lang="en-GB"', "").replace(' alt=""', "")
    with pytest.raises(PageProblem, match=r"(?s)image without alt.*no lang"):
        check_page(bad, SimpleNamespace(headers=HEADERS))


@public
def bad_page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(GOOD.replace("<h1>Schools</h1>", ""))


urlpatterns = [path("bad/", bad_page)]


@override_settings(ROOT_URLCONF=__name__)
def test_the_client_checks_what_it_fetches() -> None:
    with pytest.raises(PageProblem, match="0 h1"):
        InvariantClient().get("/bad/")
