"""One school against the themes of an area: a line each, all at once, or one in full."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import Actor, actor, requires
from isthmus.apps.core.dates import today
from isthmus.apps.core.numbers import count
from isthmus.apps.core.permissions import Permission
from isthmus.apps.needs import actions
from isthmus.apps.needs.access import SchoolHere, areas_seen, get_school, get_theme
from isthmus.apps.needs.actions.statements import NoNeed
from isthmus.apps.needs.forms import AllThemesForm, MetForm, ThemeForm
from isthmus.apps.needs.models import NEEDING, Statement
from isthmus.apps.needs.presenters import school as presenters
from isthmus.apps.needs.presenters.matrix import school_url
from isthmus.apps.needs.queries import areas_asking, history_of, newest, stale_after
from isthmus.apps.needs.queries.statements import themes_of
from isthmus.apps.needs.queries.ties import ties_of


def _now(here: SchoolHere) -> dict[int, Statement]:
    """What holds today, by key of the theme."""
    return {theme: said for (_school, theme), said in newest(here.area, [here.school], today()).items()}


def _frame(person: Actor, here: SchoolHere) -> dict[str, object]:
    return {
        "area": here.area,
        "school": here.school,
        "fictional": here.school.fictional,
        "may_say": here.may_say,
        "sees_area": areas_seen(person).filter(pk=here.area.pk).exists(),
        "back": school_url(here.area, here.school),
    }


@requires(Permission.NEEDS_VIEW)
@require_GET
def school_page(request: HttpRequest, pk: int, urn: str) -> HttpResponse:
    """A line for each theme."""
    person = actor(request)
    here = get_school(person, pk, urn)
    themes, now, day = themes_of(here.area), _now(here), today()
    months = stale_after(here.area)
    others = [area for area in areas_asking(here.school) if area.pk != here.area.pk] if here.own else []
    ties = ties_of(here.area, here.school, day)
    context = {
        **_frame(person, here),
        "tasks": presenters.tasks(here, themes, now, day, months),
        "summary": presenters.summary(themes, now, day, months),
        "own": here.own,
        "others": presenters.places(others, here.school),
        "ties": [presenters.tie_words(tie, here.school) for tie in ties],
    }
    return render(request, "needs/school.html", context)


@requires(Permission.NEEDS_SAY)
@require_http_methods(["GET", "HEAD", "POST"])
def school_all(request: HttpRequest, pk: int, urn: str) -> HttpResponse:
    """Every theme on one page."""
    person = actor(request)
    here = get_school(person, pk, urn, Permission.NEEDS_SAY)
    form = AllThemesForm(request.POST or None, themes=themes_of(here.area), now=_now(here))
    if request.method == "POST" and form.is_valid():
        said = form.said()
        if said:
            actions.say(by=person, area=here.area, school=here.school, said=said)
            messages.success(request, f"Saved: {count(len(said), 'theme')}.")
        else:
            messages.info(request, "Nothing was changed.")
        return redirect("needs:school", pk, urn)
    return render(request, "needs/school_all.html", {**_frame(person, here), "form": form})


@requires(Permission.NEEDS_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def theme_page(request: HttpRequest, pk: int, urn: str, number: int) -> HttpResponse:
    """One theme: what holds, what was said before, and, for those who may, a form to say it anew."""
    person = actor(request)
    here = get_school(person, pk, urn)
    theme = get_theme(here, number)
    now, day = _now(here).get(theme.pk), today()
    form = None
    if here.may_say:
        given = request.POST or None
        form = ThemeForm(given, theme=theme, now=now, name=here.school.name, own=here.own)
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            actions.say(by=person, area=here.area, school=here.school, said=[form.said()])
            messages.success(request, f"Saved: {theme.name}.")
            return redirect("needs:school", pk, urn)
    context = {
        **_frame(person, here),
        "theme": theme,
        "form": form,
        "facts": presenters.facts(now, day) if now else None,
        "met_url": reverse("needs:met", args=[pk, urn, theme.pk])
        if here.may_say and now and now.level in NEEDING
        else "",
        "history": presenters.history_table(list(history_of(here.school, theme)[:200])) if now else None,
    }
    return render(request, "needs/theme.html", context)


@requires(Permission.NEEDS_SAY)
@require_http_methods(["GET", "HEAD", "POST"])
def met(request: HttpRequest, pk: int, urn: str, number: int) -> HttpResponse:
    """What meets a need, and when it did."""
    person = actor(request)
    here = get_school(person, pk, urn, Permission.NEEDS_SAY)
    theme = get_theme(here, number)
    now = _now(here).get(theme.pk)
    if now is None or now.level not in NEEDING:
        raise Http404
    form = MetForm(request.POST or None, statement=now)
    back = reverse("needs:theme", args=[pk, urn, theme.pk])
    if request.method == "POST" and form.is_valid():
        try:
            actions.meet_need(by=person, statement=now, **form.cleaned_data)
        except NoNeed as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Saved.")
        return redirect(back)
    context = {
        **_frame(person, here),
        "form": form,
        "title": f"What meets the need: {theme.name}",
        "text": now.note,
        "button": "Save",
        "back": back,
    }
    return render(request, "needs/form.html", context)
