"""Pages that belong to no other app: health, errors, long tasks, the way in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from isthmus import __version__
from isthmus.apps.core import jobs
from isthmus.apps.core.access import actor, public, requires
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.models import Job
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.presenters import jobs_table
from isthmus.apps.core.queries import jobs_of


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
    """The first page: what Isthmus is, or where to go on."""
    return render(request, "core/home.html")


@public
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "core/accessibility.html")


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
    job = jobs.cancel(_job(request, pk), by=actor(request))
    return redirect(job.result_url or reverse("core:job", args=[job.pk]))


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
