"""A school's side of a consultation: its link opens a page that changes nothing; each part is saved by a button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import Actor, actor, public
from isthmus.apps.networks.actions import answering as actions
from isthmus.apps.networks.actions.answering import Outcome
from isthmus.apps.networks.emails.consultation import who_sees
from isthmus.apps.networks.forms.answering import LevelsForm, RestForm, SendForm, WishesForm
from isthmus.apps.networks.models import ConsultationAnswer, Sees, WishKind
from isthmus.apps.networks.presenters import answering as presenters
from isthmus.apps.networks.queries import answering as said
from isthmus.apps.networks.queries import consultation as queries

PAGE = ["GET", "HEAD", "POST"]
CHANGED = (
    "Somebody else of your school changed this since you opened it. See what it says now, and say it again"
)
TITLES = {
    WishKind.WITH: "With whom do you wish to work?",
    WishKind.NOT_NOW: "With whom would you rather not work now?",
}


def _answer(token: str) -> ConsultationAnswer:
    answer = queries.answer_by_token(token)
    if answer is None:
        raise Http404
    return answer


def _by(request: HttpRequest) -> Actor | None:
    return actor(request) if request.user.is_authenticated else None


def _context(answer: ConsultationAnswer, token: str, **more: Any) -> dict[str, Any]:
    consultation = answer.consultation
    return {
        "answer": answer,
        "consultation": consultation,
        "token": token,
        "fictional": consultation.area.fictional,
        "back": reverse("networks:consultation_answer", args=[token]),
        **more,
    }


@public
@never_cache
@require_GET
def consultation_link(request: HttpRequest, token: str) -> HttpResponse:
    """What a school's link opens: who asks, until when, and who sees what it says. Looking changes nothing."""
    answer = _answer(token)
    facts = presenters.offer(answer)
    context = _context(answer, token, facts=facts, sees=who_sees(answer.consultation))
    return render(request, "networks/consultation_link.html", context)


@public
@never_cache
@require_http_methods(PAGE)
def consultation_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The parts of the answer; the button sends it. Once it takes no answers, what the school said."""
    answer = _answer(token)
    own = request.user.get_username() if request.user.is_authenticated else ""
    initial = {"email": answer.email or own, "seen": answer.receipts}
    form = SendForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        outcome = actions.send_answer(by=_by(request), answer=answer, email=data["email"], seen=data["seen"])
        if outcome == Outcome.KEPT:
            sent = f" A receipt is on its way to {data['email']}." if data["email"] else ""
            messages.success(request, f"Your answer was sent.{sent}")
        return redirect("networks:consultation_answer", token)
    wished, not_now = (queries.wished(answer, kind) for kind in (WishKind.WITH, WishKind.NOT_NOW))
    themes, levels = said.themes_asked(answer), said.levels(answer)
    tasks = presenters.tasks(
        answer,
        token,
        wished=wished,
        not_now=not_now,
        themes=len(themes),
        levels=sum(theme.pk in levels for theme in themes),
    )
    over = answer.consultation.is_over
    publishes = over and answer.consultation.sees == Sees.MUTUAL and answer.answered_at is not None
    context = _context(
        answer,
        token,
        form=form,
        tasks=tasks,
        said=presenters.said(answer, wished, not_now),
        publishes=publishes,
        mutual=[school.name for school in queries.mutual_of(answer)] if publishes else [],
    )
    return render(request, "networks/consultation_answer.html", context)


def _kept(request: HttpRequest, token: str, outcome: Outcome, form: forms.Form) -> HttpResponse | None:
    """Where to go after a change; None where the page is to be shown again with what went wrong."""
    if outcome == Outcome.OTHERS:
        form.add_error(None, CHANGED)
        return None
    if outcome == Outcome.KEPT:
        messages.success(request, "Saved.")
    return redirect("networks:consultation_answer", token)


def _wishes(request: HttpRequest, token: str, kind: WishKind) -> HttpResponse:
    answer = _answer(token)
    if answer.consultation.is_over:
        return redirect("networks:consultation_answer", token)
    named = queries.wished(answer, kind)
    other = WishKind.NOT_NOW if kind == WishKind.WITH else WishKind.WITH
    text = (request.POST.get("q") or request.GET.get("q") or "").strip()[:100]
    found = (
        queries.found_by(answer, text) if text else queries.nearest(answer) if kind == WishKind.WITH else []
    )
    ticked = list(queries.others(answer).filter(urn__in=request.POST.getlist("schools")[:200]))
    offered = list(dict.fromkeys([*named, *ticked, *found]))
    build: Callable[..., WishesForm] = lambda data: WishesForm(  # noqa: E731 - built twice, with and without what was typed
        data,
        answer=answer,
        kind=kind,
        seen=said.seen_wishes(answer, kind),
        named=named,
        offered=offered,
        elsewhere=queries.wished(answer, other),
    )
    finds = request.POST.get("do") == "find"
    form = build(request.POST or None)
    if request.method == "POST" and not finds and form.is_valid():
        data = form.cleaned_data
        outcome = actions.keep_wishes(
            by=_by(request),
            answer=answer,
            kind=kind,
            schools=data["schools"],
            seen=data["seen"],
            reason=data.get("reason", ""),
        )
        if (done := _kept(request, token, outcome, form)) is not None:
            return done
    context = _context(
        answer,
        token,
        title=TITLES[kind],
        form=form,
        asks_with=kind == WishKind.WITH,
        finds=finds,
        text=text,
        number=len(found),
        shows=bool(offered),
    )
    return render(request, "networks/consultation_wishes.html", context)


@public
@never_cache
@require_http_methods(PAGE)
def consultation_with(request: HttpRequest, token: str) -> HttpResponse:
    """With whom the school wishes to work."""
    return _wishes(request, token, WishKind.WITH)


@public
@never_cache
@require_http_methods(PAGE)
def consultation_not_now(request: HttpRequest, token: str) -> HttpResponse:
    """With whom the school would rather not work now."""
    return _wishes(request, token, WishKind.NOT_NOW)


@public
@never_cache
@require_http_methods(PAGE)
def consultation_needs(request: HttpRequest, token: str) -> HttpResponse:
    """What the school needs and can give, on the themes of the area."""
    answer = _answer(token)
    if answer.consultation.is_over:
        return redirect("networks:consultation_answer", token)
    known = said.levels(answer)
    form = LevelsForm(
        request.POST or None, themes=said.themes_asked(answer), levels=known, seen=said.seen_levels(known)
    )
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"]
        outcome = actions.keep_levels(by=_by(request), answer=answer, said=form.levels(), seen=seen)
        if (done := _kept(request, token, outcome, form)) is not None:
            return done
    title = "What do you need, and what can you give?"
    return render(
        request,
        "networks/consultation_part.html",
        _context(answer, token, title=title, form=form, needs=True),
    )


@public
@never_cache
@require_http_methods(PAGE)
def consultation_rest(request: HttpRequest, token: str) -> HttpResponse:
    """A co-leader who agreed to be named, and a note."""
    answer = _answer(token)
    if answer.consultation.is_over:
        return redirect("networks:consultation_answer", token)
    form = RestForm(request.POST or None, answer=answer, seen=said.seen_rest(answer))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        outcome = actions.keep_rest(
            by=_by(request), answer=answer, **{key: data[key] for key in form.fields if key in data}
        )
        if (done := _kept(request, token, outcome, form)) is not None:
            return done
    title = "A co-leader, and a note"
    return render(request, "networks/consultation_part.html", _context(answer, token, title=title, form=form))
