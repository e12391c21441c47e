"""Writing an instrument on pages: a part a page, each kept at once, looked at as people will see it, made a version."""

from __future__ import annotations

import re
import uuid
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.listing import listing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import areas_to_keep_for, drafts_of, get_draft, instruments_seen
from isthmus.apps.surveys.actions import (
    DraftStep,
    Meanwhile,
    change_draft,
    remove_draft,
    start_draft,
)
from isthmus.apps.surveys.adapters import drafting
from isthmus.apps.surveys.adapters.choosing import choices
from isthmus.apps.surveys.adapters.instruments import Instrument, read
from isthmus.apps.surveys.forms.building import AboutForm, PartForm, ScaleForm, SourceForm, StartForm
from isthmus.apps.surveys.forms.building_questions import QuestionForm, SectionPartForm
from isthmus.apps.surveys.models import InstrumentDraft
from isthmus.apps.surveys.presenters import building as presenters
from isthmus.apps.surveys.queries.instruments import newest
from isthmus.apps.surveys.views.waves import PAGE

RUN = Permission.SURVEY_RUN
NOTHING, AGAIN = "nothing", "again:"
NEW_ID = re.compile(r"(?:q|s|scale)[1-9][0-9]{0,5}")
SAVED = {
    "about": "What is said of it was saved.",
    "source": "Source and licence were saved.",
    "scale": "The scale was saved.",
    "section": "The section was saved.",
    "question": "The question was saved.",
}


@requires(RUN)
@require_GET
def drafts(request: HttpRequest) -> HttpResponse:
    """What is being written."""
    text = request.GET.get("q", "").strip()[:100]
    rows = drafts_of(actor(request)).filter(title__icontains=text)
    page = listing(request, rows, sorts=presenters.SORTS)
    context = {
        "list": page,
        "table": presenters.table(page),
        "q": text,
        "keeps": areas_to_keep_for(actor(request)).exists(),
    }
    return render(request, "surveys/build_drafts.html", context)


@requires(RUN)
@require_http_methods(PAGE)
def build_new(request: HttpRequest) -> HttpResponse:
    """Begin with nothing, with an instrument that comes with Isthmus, or with one of the area's own."""
    person = actor(request)
    areas = {str(area.pk): area for area in areas_to_keep_for(person)}
    if not areas:
        return render(request, "surveys/build_new.html", {"form": None})
    own = newest(instruments_seen(person).filter(owner__in=[int(pk) for pk in areas]))
    found = {one.key: one for one in choices(own, waves_only=False)}
    begins = [(NOTHING, "Nothing: write it from the start")]
    begins += [
        (f"{AGAIN}{key}", f"A next version of {one.kept.owner}’s own ‘{one.instrument.title}’")
        for key, one in found.items()
        if one.kept
    ]
    begins += [
        (key, f"A copy of {f'{one.kept.owner}’s own ' if one.kept else ''}‘{one.instrument.title}’")
        for key, one in found.items()
    ]
    chosen = request.GET.get("from", "")
    first = f"{AGAIN}{chosen}" if f"{AGAIN}{chosen}" in dict(begins) else chosen
    form = StartForm(
        request.POST or None,
        areas=[(key, area.name) for key, area in areas.items()],
        begins=begins,
        initial={"token": uuid.uuid4(), "begin": first},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        again = data["begin"].startswith(AGAIN)
        choice = found.get(data["begin"].removeprefix(AGAIN))
        owner = areas[data["area"]]
        if again and choice and choice.kept and choice.kept.owner_id != owner.pk:
            form.add_error("area", "Choose the area whose own it is, or begin with a copy of it")
            return render(request, "surveys/build_new.html", {"form": form})
        content = (
            drafting.copied(choice.instrument, credit=choice.kept is None)
            if choice
            else drafting.empty(data["title"])
        )
        content["title"] = data["title"] or content["title"]
        draft = start_draft(
            by=person,
            owner=owner,
            content=content,
            token=data["token"] or uuid.uuid4(),
            based_on=choice.kept if choice and again else None,
        )
        return redirect("surveys:build", draft.pk)
    return render(request, "surveys/build_new.html", {"form": form})


def version_before(draft: InstrumentDraft) -> Instrument | None:
    """The version that it is to follow."""
    return read(draft.based_on.text) if draft.based_on else None


@requires(RUN)
@require_http_methods(PAGE)
def build(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft, part by part; its buttons move sections and questions."""
    draft = get_draft(actor(request), pk)
    if request.method == "POST":
        kind, _colon, rest = request.POST.get("move", "").partition(":")
        part, _colon, to = rest.rpartition(":")
        if kind not in ("section", "question") or not to.isascii() or not to.isdigit() or len(to) > 3:
            return redirect("surveys:build", pk)
        make = partial(drafting.moved, kind=kind, id_=part, to=int(to))
        change_draft(by=actor(request), draft=draft, step=DraftStep("order", part, "", make))
        return redirect(f"{presenters.home(draft)}#{kind}-{part}")
    before = version_before(draft)
    context = {
        "draft": draft,
        "facts": presenters.facts(draft),
        "sections": presenters.outline(draft, before),
        "scales": presenters.scales(draft),
        "faults": presenters.faults(draft),
        "changed": presenters.moment(draft),
        "section_new": presenters.address(
            draft, "section", drafting.free_id(draft.content, "section", before)
        ),
        "scale_new": presenters.address(draft, "scale", drafting.free_id(draft.content, "scale")),
    }
    return render(request, "surveys/build.html", context)


def _form(request: HttpRequest, draft: InstrumentDraft, kind: str, part: str) -> PartForm:
    """The form of a part as it stands now. Raises Http404 where there is none and it is no new one."""
    data, tree = request.POST or None, draft.content
    if kind in ("about", "source") and part == presenters.WHOLE:
        return (AboutForm if kind == "about" else SourceForm)(data, tree, kind, "")
    if kind not in ("scale", "section", "question"):
        raise Http404
    if drafting.part(tree, kind, part) is None and not NEW_ID.fullmatch(part):
        raise Http404
    if kind != "question":
        return (ScaleForm if kind == "scale" else SectionPartForm)(data, tree, kind, part)
    wanted = request.GET.get("section", "")
    known = (one for one in drafting.sections(tree) if one["id"] == wanted)
    section = drafting.section_of(tree, part) or next(known, None)
    if section is None:
        raise Http404
    return QuestionForm(data, tree, part, section=section, before=version_before(draft))


def _made(form: PartForm, tree: drafting.Tree, id_: str) -> drafting.Tree:
    """The draft with what the form says."""
    home = form.section["id"] if isinstance(form, QuestionForm) else ""
    made = drafting.replaced(tree, form.kind, id_, form.tree(), section=home)
    if isinstance(form, SectionPartForm) and form.ready and form.ready.key not in made.get("scales", {}):
        made = drafting.replaced(made, "scale", form.ready.key, form.ready.tree)
    if isinstance(form, QuestionForm) and form.cleaned_data.get("another"):
        made = drafting.renamed(made, id_, drafting.free_id(made, "question", form.before))
    return made


@requires(RUN)
@require_http_methods(PAGE)
def build_part(request: HttpRequest, pk: int, kind: str, part: str) -> HttpResponse:
    """One part: what is said of it, its sources, a scale, a section, a question. 'look' shows it and keeps nothing."""
    person = actor(request)
    draft = get_draft(person, pk)
    form = _form(request, draft, kind, part)
    look = request.POST.get("do") == "look"
    meanwhile = False
    if request.method == "POST" and form.is_valid() and not look:
        try:
            return _keep(request, draft, form)
        except Meanwhile:
            meanwhile = True
            draft = get_draft(person, pk)
            form = _again(request, draft, kind, part)
    context = {
        "draft": draft,
        "form": form,
        "kind": kind,
        "new": not form.old,
        "to": request.get_full_path(),
        "meanwhile": meanwhile,
        "standing": presenters.standing(form) if meanwhile and form.old else [],
        "changed": presenters.moment(draft),
        "looks": _looks(form) if isinstance(form, QuestionForm) else None,
        "remove": form.old and kind not in ("about", "source"),
        "part": part,
        "back": presenters.home(draft),
    }
    return render(request, "surveys/build_part.html", context)


def _keep(request: HttpRequest, draft: InstrumentDraft, form: PartForm) -> HttpResponse:
    seen, id_ = form.cleaned_data["seen"], form.id

    def make(tree: drafting.Tree) -> drafting.Tree:
        try:
            return _made(form, tree, id_)
        except KeyError:  # the section that it was for was removed meanwhile
            raise Meanwhile from None

    try:
        change_draft(by=actor(request), draft=draft, step=DraftStep(form.kind, id_, seen, make))
    except Meanwhile:
        if seen or form.kind in ("about", "source"):
            raise
        # Two people added something at once: both are kept.
        id_ = drafting.free_id(get_draft(actor(request), draft.pk).content, form.kind, version_before(draft))
        change_draft(by=actor(request), draft=draft, step=DraftStep(form.kind, id_, "", make))
    messages.success(request, SAVED[form.kind])
    anchor = f"#{form.kind}-{id_}" if form.kind in ("section", "question") else ""
    return redirect(f"{presenters.home(draft)}{anchor}")


def _again(request: HttpRequest, draft: InstrumentDraft, kind: str, part: str) -> PartForm:
    """The form with what was typed, over what stands there by now: to save it again puts it in its place."""
    data = request.POST.copy()
    data["seen"] = drafting.digest(draft.content, kind, "" if part == presenters.WHOLE else part)
    request.POST = data  # type: ignore[assignment]  # the same, with one field of it anew
    return _form(request, draft, kind, part)


def _looks(form: QuestionForm) -> list[presenters.Look]:
    """How the question looks as it is typed, else as it stands."""
    tree = form.draft
    if form.is_bound and form.is_valid():
        home = form.section["id"]
        tree = drafting.replaced(tree, "question", form.id, form.tree(), section=home)
    return presenters.looks(tree, form.id)


@requires(RUN)
@require_http_methods(PAGE)
def build_remove(request: HttpRequest, pk: int, kind: str, part: str) -> HttpResponse:
    """Take out a section with its questions, a question, or a scale."""
    draft = get_draft(actor(request), pk)
    found = drafting.part(draft.content, kind, part) if kind in ("section", "question", "scale") else None
    if found is None:
        raise Http404
    meanwhile = False
    if request.method == "POST":
        make = partial(drafting.without, kind=kind, id_=part)
        step = DraftStep(kind, part, request.POST.get("seen", ""), make, whole=True)
        try:
            change_draft(by=actor(request), draft=draft, step=step)
        except Meanwhile:
            meanwhile = True
            draft = get_draft(actor(request), pk)
        else:
            messages.success(request, f"The {kind} was taken out.")
            return redirect("surveys:build", pk)
    section = next((one for one in drafting.sections(draft.content) if one["id"] == part), {})
    context = {
        "draft": draft,
        "kind": kind,
        "words": found.get("title") or found.get("text") or "",
        "options": found.get("options", []),
        "questions": [one.get("text", "") for one in section.get("items", [])] if kind == "section" else [],
        "seen": drafting.digest(draft.content, kind, part, whole=True),
        "meanwhile": meanwhile,
        "back": presenters.home(draft),
    }
    return render(request, "surveys/build_remove.html", context)


@requires(RUN)
@require_http_methods(PAGE)
def build_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the draft away."""
    draft = get_draft(actor(request), pk)
    if request.method == "POST":
        remove_draft(by=actor(request), draft=draft)
        messages.success(request, f"The draft ‘{draft.title}’ was removed.")
        return redirect("surveys:drafts")
    return render(request, "surveys/build_drop.html", {"draft": draft, "back": presenters.home(draft)})
