"""Pages of who deals with requests about personal data."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from isthmus.apps.accounts.rights import access, actions, columns, presenters, queries
from isthmus.apps.accounts.rights.actions.erasing import subject_of_request, why_not
from isthmus.apps.accounts.rights.forms import AnswerForm, PutRightForm, ReasonForm, RecordForm
from isthmus.apps.accounts.rights.models import Came, RequestState, Right, SubjectRequest
from isthmus.apps.core import directory, personal
from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.exports import as_csv
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.permissions import Permission

PAGE = ["GET", "HEAD", "POST"]
SORTS = {
    "due": Sort("Answer due", ("due_on",)),
    "received": Sort("Received", ("received_on",)),
    "name": Sort("Who", ("name",)),
    "what": Sort("What", ("right", "due_on")),
}


def _found(request: HttpRequest) -> tuple[QuerySet[SubjectRequest], dict[str, str]]:
    """The requests that are asked for, and how they were asked for."""
    asked = {key: request.GET.get(key, "").strip() for key in ("q", "state", "right")}
    rows = access.requests_for(actor(request))
    if asked["q"]:
        text = asked["q"].replace("\0", "")
        wanted = Q(name__icontains=text) | Q(email__icontains=text)
        if re.fullmatch("[0-9a-fA-F]{4,8}", text):
            wanted |= Q(
                pk__in=[pk for pk in rows.values_list("pk", flat=True) if pk.hex.startswith(text.lower())]
            )
        rows = rows.filter(wanted)
    # Those that wait come first to everybody's mind; the others are asked for.
    state = asked["state"] or RequestState.OPEN.value
    if state in RequestState.values:
        rows = rows.filter(state=state)
    if asked["right"] in Right.values:
        rows = rows.filter(right=asked["right"])
    return rows, asked


@requires(Permission.PRIVACY_MANAGE)
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """Requests about personal data that the person deals with."""
    rows, asked = _found(request)
    page = listing(request, rows, sorts=SORTS)
    context = {
        "list": page,
        "table": presenters.requests_table(page),
        "states": [("open", "Being dealt with"), *RequestState.choices[1:], ("all", "All")],
        "rights": Right.choices,
        "query": page.query.urlencode(),
        **asked,
    }
    return render(request, "accounts/rights/requests.html", context)


@requires(Permission.PRIVACY_MANAGE)
@require_GET
def requests_export(request: HttpRequest) -> HttpResponse:
    """The same list for a spreadsheet."""
    rows, _ = _found(request)
    found = list(rows.order_by("due_on", "pk"))
    return as_csv("requests", presenters.HEADER, presenters.request_rows(found))


@requires(Permission.PRIVACY_MANAGE)
@require_http_methods(PAGE)
def record(request: HttpRequest) -> HttpResponse:
    """Record what somebody asked by letter, by e-mail or in a talk."""
    person = actor(request)
    form = RecordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = actions.record(
            by=person,
            right=Right(data["right"]),
            name=data["name"],
            email=data["email"],
            came=Came(data["came"]),
            received_on=data["received_on"],
            identity_how=data["identity_how"],
            text=data["text"],
        )
        if access.requests_for(person).filter(pk=asked.pk).exists():
            messages.success(request, f"The request {asked.reference} is recorded.")
            return redirect("accounts:rights_request", asked.pk)
        where = directory.name(asked.scope)
        messages.success(request, f"The request {asked.reference} is recorded. It is dealt with for {where}.")
        return redirect("accounts:rights_requests")
    context = {
        "form": form,
        "heading": "Record a request",
        "said": ["For somebody who wrote or called. They are told by mail at each step."],
        "action": request.path,
        "button": "Record it",
        "back": reverse("accounts:rights_requests"),
        "back_label": "Requests",
    }
    return render(request, "accounts/rights/form.html", context)


@requires(Permission.PRIVACY_MANAGE)
@require_GET
def request_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One request, with what can be done about it."""
    asked = access.get_request(actor(request), pk)
    bundle = queries.bundle_of(asked)
    own = access.saves_it_themselves(asked)
    context = {
        "asked": asked,
        "facts": presenters.request_facts(asked, own=False),
        "steps": presenters.next_steps(asked, bundle),
        "copy_state": presenters.copy_state(bundle) if asked.right == Right.COPY else "",
        "may_make": asked.right == Right.COPY and asked.is_open and bundle is None,
        "bundle": None if own else bundle,
        "own": own,
        "restriction": access.restrictions_for(actor(request)).filter(request=asked).first(),
    }
    return render(request, "accounts/rights/request.html", context)


def _open(request: HttpRequest, pk: UUID, *rights: Right) -> SubjectRequest:
    """A request that still waits, and is for one of these rights; else Http404."""
    asked = access.get_request(actor(request), pk)
    if not asked.is_open or (rights and asked.right not in rights):
        raise Http404
    return asked


def _form(request: HttpRequest, asked: SubjectRequest, **context: object) -> HttpResponse:
    back = {"back": reverse("accounts:rights_request", args=[asked.pk]), "back_label": "Back to the request"}
    return render(request, "accounts/rights/form.html", {"action": request.path, **back, **context})


def _with_reason(
    request: HttpRequest, asked: SubjectRequest, do: Callable[[str], object], done: str, **context: object
) -> HttpResponse:
    """A page that asks why, and then does."""
    label, hint = str(context.pop("label")), str(context.pop("hint", ""))
    most = int(str(context.pop("most", 4000)))
    form = ReasonForm(request.POST if request.method == "POST" else None, label=label, hint=hint, most=most)
    if request.method == "POST" and form.is_valid():
        if do(form.cleaned_data["reason"]):
            messages.success(request, done)
        return redirect("accounts:rights_request", asked.pk)
    return _form(request, asked, form=form, **context)


@requires(Permission.PRIVACY_MANAGE)
@require_http_methods(PAGE)
def extend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take two months more."""
    asked = access.get_request(actor(request), pk)
    if request.method != "POST" and (not asked.is_open or asked.extension_reason):
        raise Http404
    return _with_reason(
        request,
        asked,
        lambda reason: actions.extend(by=actor(request), asked=asked, reason=reason),
        "The request has two months more. The person is told why.",
        label="Why does it take longer?",
        hint="Only where the request is hard, or one of many by the same person. They are told these words.",
        most=500,
        heading="Take two months more",
        button="Take two months more",
    )


@requires(Permission.PRIVACY_MANAGE)
@require_http_methods(PAGE)
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer: done, or not done and why."""
    asked = access.get_request(actor(request), pk)
    form = AnswerForm(request.POST if request.method == "POST" else None, right=Right(asked.right))
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["answer"]
        if form.cleaned_data["outcome"] == RequestState.DONE:
            answered = actions.complete(by=actor(request), asked=asked, answer=text)
        else:
            answered = actions.refuse(by=actor(request), asked=asked, reason=text)
        if answered:
            messages.success(request, "The request is answered, and the person is told.")
        return redirect("accounts:rights_request", asked.pk)
    if request.method != "POST" and not asked.is_open:
        raise Http404
    return _form(request, asked, form=form, heading="Answer the request", button="Send the answer")


@requires(Permission.PRIVACY_MANAGE)
@require_POST
def make_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have the copy made."""
    asked = _open(request, pk, Right.COPY)
    actions.make_copy(by=actor(request), thing=asked)
    messages.success(request, "The copy is being made. This page says when it is ready.")
    return redirect("accounts:rights_request", pk)


@requires(Permission.PRIVACY_MANAGE)
@require_http_methods(PAGE)
def put_right(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what is wrong."""
    asked = access.get_request(actor(request), pk)
    if not asked.is_open or asked.right != Right.RECTIFY:
        return redirect("accounts:rights_request", pk) if request.method == "POST" else _gone()
    places = columns.places(subject_of_request(asked))
    form = PutRightForm(request.POST if request.method == "POST" else None, places=places)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.put_right(
                by=actor(request), asked=asked, values=form.values(), answer=form.cleaned_data["answer"]
            )
        except ValidationError as error:
            keys = {place.key: key for key, place in form.places.items()}
            for key, texts in error.message_dict.items():
                form.add_error(keys.get(key), texts)
        else:
            if changed:
                messages.success(request, "It is put right, and the person is told.")
            return redirect("accounts:rights_request", asked.pk)
    if request.method == "POST" and not access.get_request(actor(request), pk).is_open:
        return redirect(
            "accounts:rights_request", pk
        )  # another click was quicker, so these values stand there
    said = [f"They wrote: {asked.text}"] if asked.text else []
    if not places:
        said.append(
            "Nothing that can be put right here is kept about this person. Answer that it is not done."
        )
    return _form(request, asked, form=form, heading="Put it right", button="Save what is right", said=said)


def _gone() -> HttpResponse:
    raise Http404


@requires(Permission.PRIVACY_MANAGE)
@require_http_methods(PAGE)
def restrict(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the data, and use it no more."""
    asked = access.get_request(actor(request), pk)
    if asked.right != Right.RESTRICT or (request.method != "POST" and not asked.is_open):
        raise Http404
    return _with_reason(
        request,
        asked,
        lambda reason: actions.restrict(by=actor(request), asked=asked, answer=reason),
        "The person's data is kept, and used for nothing more.",
        label="What you tell the person",
        heading="Restrict the use",
        button="Restrict the use",
        said=[
            "From then on they get no mail but about signing in and their rights, and stand in no list of people. "
            "They can still sign in. You can end the restriction on the page of this request."
        ],
    )


@requires(Permission.PRIVACY_MANAGE)
@require_http_methods(PAGE)
def lift_restriction(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the data be used again; the person is told."""
    asked = access.get_request(actor(request), pk)
    restriction = get_object_or_404(asked.restrictions.select_related("request__person"))
    if request.method != "POST" and restriction.lifted_at:
        raise Http404
    return _with_reason(
        request,
        asked,
        lambda reason: actions.lift_restriction(by=actor(request), restriction=restriction, why=reason),
        "The restriction has ended, and the person is told.",
        label="Why may it be used again?",
        hint="The person is told these words.",
        heading="End the restriction",
        button="End the restriction",
    )


@requires(Permission.PRIVACY_MANAGE)
@require_http_methods(PAGE)
def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Check what is erased, then erase it."""
    asked = access.get_request(actor(request), pk)
    if asked.right != Right.ERASE or (request.method != "POST" and not asked.is_open):
        raise Http404
    reasons = why_not(asked) if asked.is_open else []
    if request.method == "POST":
        try:
            if actions.erase(by=actor(request), asked=asked) is not None:
                messages.success(request, "Everything was erased, but what must be kept. The person is told.")
            return redirect("accounts:rights_request", pk)
        except actions.CannotErase:
            reasons = why_not(asked)
        except OSError:
            reasons = ["The journal of erasures cannot be written. Ask whoever runs Isthmus"]
    context = {
        "asked": asked,
        "facts": presenters.request_facts(asked, own=False),
        "reasons": reasons,
        "classes": [(data.title, data.what) for data in personal.declared()],
    }
    return render(request, "accounts/rights/erase.html", context)
