"""What happens around every request."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, ImproperlyConfigured, ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware

from isthmus.apps.core import unnamed
from isthmus.apps.core.access import declared
from isthmus.site import metrics

log = structlog.get_logger("isthmus.request")
Handler = Callable[[HttpRequest], HttpResponse]


class RequestRecord:
    """One log line, one measurement and, where asked for, one `Server-Timing` header a request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - start
        if taken_without_a_name(request):
            return response
        match = request.resolver_match
        # The name of the view, never the path: a path may carry an identifier of somebody.
        view = match.view_name if match else "none"
        if settings.SERVER_TIMING:
            response.headers["Server-Timing"] = f"app;dur={seconds * 1000:.2f}"
        metrics.observe(view, request.method or "", response.status_code, seconds)
        log.info(
            "request", view=view, method=request.method, status=response.status_code, ms=round(seconds * 1000)
        )
        return response


def taken_without_a_name(request: HttpRequest) -> bool:
    """Whether somebody answers without a name: neither a line nor a figure says when. The thanks come right after."""
    return unnamed.without_a_name(request.path_info)


class Unnamed:
    """Where people answer without a name, the site does not know them: who is signed in is not even read."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if unnamed.without_a_name(request.path_info):
            request.META.pop("HTTP_COOKIE", None)
            request.COOKIES = {}
        return self.get_response(request)


class Compress(GZipMiddleware):
    """gzip for pages. Django's version pads at random, which defeats the BREACH attack on the CSRF token."""


class Readable:
    """Refuses control characters in an address: no person types them, and PostgreSQL cannot hold a null byte."""

    CONTROL = re.compile(r"%(?:0[0-8BCEF]|1[0-9A-F]|7F)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", re.IGNORECASE)

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.CONTROL.search(request.META.get("QUERY_STRING", "")) or self.CONTROL.search(
            request.path_info
        ):
            raise BadRequest("The address holds a control character")
        return self.get_response(request)


class Head:
    """HEAD is answered as GET is, without the page: monitors and scanners of mail ask so. The server drops the body."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        request.method = "HEAD"
        return response


class Gone:
    """What was removed while somebody changed it is not found, as if they had come a moment later."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Only of changes: a page that looks for what is not there is at fault itself."""
        if request.method == "POST" and isinstance(error, ObjectDoesNotExist):
            view = request.resolver_match.view_name if request.resolver_match else "none"
            if not taken_without_a_name(request):
                log.warning("gone meanwhile", view=view, what=type(error).__qualname__)
            raise Http404 from error


class Declared:
    """A view that declares no permission is never run."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_args: Any) -> None:
        if declared(view) is None:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__qualname__} declares no permission")
