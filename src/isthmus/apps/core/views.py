"""Pages that belong to no other app: health, errors, long tasks, the way in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from isthmus import __version__
from isthmus.apps.core import adapters, changes, jobs, presenters
from isthmus.apps.core.access import actor, public, requires
from isthmus.apps.core.audit import reason
from isthmus.apps.core.chains import chains_binding, chains_read
from isthmus.apps.core.exports import download
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.models import Job
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.presenters import jobs_table
from isthmus.apps.core.queries import heads_of, jobs_of
from isthmus.apps.core.scopes import Scope
from isthmus.apps.core.waiting import waiting_for


@public
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok", "version": __version__})


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page: what Isthmus is, or what waits for whoever looks."""
    if not request.user.is_authenticated:
        return render(request, "core/home.html")
    context = {
        "tasks": presenters.waiting_tasks(waiting_for(actor(request))),
        "may_leave": actor(request).may(Permission.SCHOOL_LEAVE),
        **_changed(request),
    }
    response = render(request, "core/waiting.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _changed(request: HttpRequest) -> dict[str, Any]:
    """What others changed since the person's last visit; nothing to say on the first."""
    previous = request.session.get(changes.PREVIOUS)
    if not previous:
        return {"previous": None}
    moment = datetime.fromisoformat(previous)
    return {"previous": moment, "changed": changes.since(actor(request), moment)}


@public
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "core/accessibility.html", {"version": __version__})


SORTS = {"started": Sort("Started", ("-created_at",)), "task": Sort("Task", ("title",))}


@requires(Permission.JOB_VIEW)
@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """The long tasks that the person started."""
    page = listing(request, jobs_of(actor(request)), sorts=SORTS)
    return render(request, "core/jobs.html", {"list": page, "table": jobs_table(page)})


def _job(request: HttpRequest, pk: UUID) -> Job:
    return get_object_or_404(jobs_of(actor(request)), pk=pk)


@requires(Permission.JOB_VIEW)
@require_GET
def job_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One long task; asked by htmx, only its panel."""
    job = _job(request, pk)
    if getattr(request, "htmx", False):
        response = render(request, "core/job_panel.html", {"job": job})
        if job.is_over and "watch" in request.GET:
            response.headers["HX-Refresh"] = "true"  # the page around the panel has something new to show
        return response
    return render(request, "core/job.html", {"job": job})


@requires(Permission.JOB_VIEW)
@require_POST
def job_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop a long task."""
    job = jobs.cancel(_job(request, pk), by=actor(request), why=reason(request.POST))
    return redirect(job.result_url or reverse("core:job", args=[job.pk]))


HEAD_SORTS = {"newest": Sort("Newest", ("-size",))}


@requires(Permission.RECORD_VIEW)
@require_GET
def record_list(request: HttpRequest) -> HttpResponse:
    """The records that bind the person."""
    chains = [
        {
            "name": presenters.record_name(chain),
            "url": presenters.record_address(chain),
            "facts": presenters.head_facts(chain, heads_of(chain).first()),
        }
        for chain in chains_binding(actor(request))
    ]
    return render(request, "core/records.html", {"chains": chains, "late": presenters.sealing_warning()})


def _chain(request: HttpRequest, kind: str, number: str) -> Scope:
    """The chain, if it binds the person; else Http404."""
    for chain in chains_binding(actor(request)):
        if (chain.kind.value, str(chain.id)) == (kind, number):
            return chain
    raise Http404


@requires(Permission.RECORD_VIEW)
@require_GET
def record_detail(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """The published heads of one record."""
    chain = _chain(request, kind, number)
    page = listing(request, heads_of(chain), sorts=HEAD_SORTS)
    context = {
        "name": presenters.record_name(chain),
        "facts": presenters.head_facts(chain, heads_of(chain).first()),
        "list": page,
        "table": presenters.heads_table(chain, page),
        "late": presenters.sealing_warning(),
        "events_url": presenters.events_address(chain) if chain in chains_read(actor(request)) else "",
    }
    return render(request, "core/record.html", context)


@requires(Permission.RECORD_VIEW)
@require_GET
def record_head(request: HttpRequest, kind: str, number: str, size: str) -> HttpResponse:
    """One published head as a file to keep."""
    chain = _chain(request, kind, number)
    head = get_object_or_404(heads_of(chain), size=size)
    name = f"{presenters.record_name(chain)} {head.size}"
    return download(adapters.head_text(head), name=name, ending="json", content_type="application/json")


def _error(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    return render(request, template, context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, "404.html", 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(request, "403_csrf.html", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without the database: it may be what failed."""
    from django.template.loader import render_to_string

    return HttpResponse(render_to_string("500.html"), status=500)
