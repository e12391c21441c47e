"""Pages of privacy. What is declared is public; who changes it, and certificates, need a permission."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.accounts.privacy import actions, presenters, queries
from isthmus.apps.accounts.privacy.forms import ControllerForm, RetentionForm
from isthmus.apps.accounts.privacy.models import Controller, Disposal, Retention
from isthmus.apps.core import exports, personal
from isthmus.apps.core.access import actor, public, requires
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.permissions import Permission

PAGE = ["GET", "HEAD", "POST"]
SORTS = {
    "when": Sort("When", ("-at",)),
    "what": Sort("Personal data", ("title", "-at")),
    "count": Sort("How many", ("-count", "-at")),
}


def _may(request: HttpRequest, permission: Permission) -> bool:
    return request.user.is_authenticated and actor(request).may(permission)


def _base(request: HttpRequest) -> dict[str, Any]:
    row = queries.controller()
    return {
        "may_manage": _may(request, Permission.RETENTION_MANAGE),
        "may_answer": _may(request, Permission.PRIVACY_MANAGE),
        "named": row is not None,
        "contact": row.contact if row else "",
        "controller": presenters.controller_facts(row),
        "connected": presenters.connected(),
        "day": in_words(today()),
    }


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everything about privacy in one place."""
    context = _base(request)
    if context["may_manage"]:
        context["disposals"] = Disposal.objects.count()
    return render(request, "accounts/privacy/home.html", context)


@public
@require_GET
def notice(request: HttpRequest) -> HttpResponse:
    """The privacy notice: UK GDPR, Articles 13 and 14."""
    kept = queries.all_kept()
    context = {
        **_base(request),
        "table": presenters.notice_table(kept),
        "sources": [(k.data.title, f"{k.data.source}. Seen by: {k.data.recipients}") for k in kept],
    }
    return render(request, "accounts/privacy/notice.html", context)


@public
@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """The records of processing: UK GDPR, Article 30."""
    context = {**_base(request), "cards": presenters.record_cards(queries.all_kept())}
    return render(request, "accounts/privacy/records.html", context)


@public
@require_GET
def records_export(request: HttpRequest, ending: str) -> HttpResponse:
    """The records of processing as a file."""
    rows = [presenters.record_row(kept) for kept in queries.all_kept()]
    about = [
        (fact.label, ", ".join(map(str, fact.lines)))
        for fact in (*presenters.controller_facts(queries.controller()), *presenters.connected())
    ]
    if ending == "csv":
        return exports.as_csv("Records of processing", presenters.RECORDS_HEADER, rows)
    if ending != "xlsx":
        raise Http404
    sheets: list[tuple[str, Sequence[str], Iterable[Any]]] = [
        ("Processing", presenters.RECORDS_HEADER, rows),
        ("Controller", ("What", "Who"), about),
    ]
    return exports.as_xlsx("Records of processing", sheets)


@public
@require_GET
def assessment(request: HttpRequest) -> HttpResponse:
    """The data protection impact assessment: UK GDPR, Article 35."""
    kept = queries.all_kept()
    context = {
        **_base(request),
        "need": presenters.need_table(kept),
        "risks": presenters.assessment_table(kept),
        "subjects": sorted({k.data.subjects for k in kept}),
    }
    return render(request, "accounts/privacy/assessment.html", context)


@public
@require_GET
def assessment_export(request: HttpRequest, ending: str) -> HttpResponse:
    """The risks and measures as a file, to be gone through with others."""
    if ending != "csv":
        raise Http404
    rows = presenters.assessment_rows(queries.all_kept())
    return exports.as_csv("Impact assessment", presenters.ASSESSMENT_HEADER, rows)


@public
@require_GET
def retention(request: HttpRequest) -> HttpResponse:
    """How long each class is kept, as it is set now."""
    context = _base(request)
    context["table"] = presenters.retention_table(queries.all_kept(), may_change=context["may_manage"])
    return render(request, "accounts/privacy/retention.html", context)


@requires(Permission.RETENTION_MANAGE)
@require_http_methods(PAGE)
def retention_change(request: HttpRequest, key: str) -> HttpResponse:
    """Choose how long a class is kept."""
    data = personal.find(key)
    if data is None:
        raise Http404
    now = queries.kept(data)
    last = now.days if now.coming is None else now.coming
    form = RetentionForm(request.POST or None, data_class=data, initial={"days": last})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if actions.choose_retention(by=actor(request), data=data, days=given["days"], why=given["why"]):
            messages.success(request, f"{data.title}: the time was changed.")
        return redirect("accounts:retention")
    context = {
        "form": form,
        "data": data,
        "now": presenters.kept_for(now),
        "chosen": Retention.objects.filter(pk=key).first(),
        "grace": actions.GRACE.days,
    }
    return render(request, "accounts/privacy/retention_change.html", context)


@requires(Permission.RETENTION_MANAGE)
@require_http_methods(PAGE)
def controller(request: HttpRequest) -> HttpResponse:
    """Say who answers for the personal data here."""
    row = queries.controller()
    form = ControllerForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        if actions.name_controller(by=actor(request), fields=form.cleaned_data):
            messages.success(request, "Saved. It stands in the privacy notice from now on.")
        return redirect("accounts:privacy")
    context = {"form": form, "row": Controller.objects.first()}
    return render(request, "accounts/privacy/controller.html", context)


def _asked(request: HttpRequest) -> tuple[QuerySet[Disposal], str]:
    key = request.GET.get("what", "")
    rows = Disposal.objects.all()
    return (rows.filter(key=key), key) if personal.find(key) else (rows, "")


@requires(Permission.RETENTION_MANAGE)
@require_GET
def disposals(request: HttpRequest) -> HttpResponse:
    """Certificates of disposal."""
    rows, key = _asked(request)
    page = listing(request, rows, sorts=SORTS)
    context = {
        "list": page,
        "table": presenters.disposals_table(page),
        "what": key,
        "classes": [(data.key, data.title) for data in personal.declared()],
    }
    return render(request, "accounts/privacy/disposals.html", context)


@requires(Permission.RETENTION_MANAGE)
@require_GET
def disposals_export(request: HttpRequest, ending: str) -> HttpResponse:
    """The certificates that the list shows, as a file."""
    rows = map(presenters.disposal_row, _asked(request)[0].order_by("-at", "-pk"))
    if ending == "csv":
        return exports.as_csv("Certificates of disposal", presenters.DISPOSALS_HEADER, rows)
    if ending != "xlsx":
        raise Http404
    return exports.as_xlsx("Certificates of disposal", [("Certificates", presenters.DISPOSALS_HEADER, rows)])


@requires(Permission.RETENTION_MANAGE)
@require_GET
def disposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One certificate, to be read and printed."""
    row = get_object_or_404(Disposal, pk=pk)
    checked = queries.check(row)
    context = {"row": row, "facts": presenters.disposal_facts(row, checked), "sound": checked.sound}
    return render(request, "accounts/privacy/disposal.html", context)


@requires(Permission.RETENTION_MANAGE)
@require_GET
def disposal_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One certificate as a file that can be checked anywhere: see docs/privacy.md."""
    row = get_object_or_404(Disposal, pk=pk)
    said = {"certificate": queries.content(row), "sha256": row.digest}
    text = json.dumps(said, indent=2, ensure_ascii=True)
    return exports.download(
        text, name=f"certificate-{row.pk}", ending="json", content_type="application/json; charset=utf-8"
    )
