"""What intake is compared with: the same Django, server, database and pragmas; no middleware, one view, one insert.

The row has the columns and the size of a ballot; its table has no foreign keys and no index but its key.
"""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import re_path

TABLE = (
    "CREATE TABLE bare_answer (id bigint PRIMARY KEY, wave_id bigint NOT NULL, school_id bigint NOT NULL,"
    " who varchar(10) NOT NULL, codes {blob} NOT NULL, comments text NOT NULL)"
)
INSERT = "INSERT INTO bare_answer VALUES (%s, 1, 1, %s, %s, '{}')"


def take(request: HttpRequest) -> HttpResponse:
    """Keep what a form brings."""
    codes = bytes(int(value) for name, value in request.POST.items() if name.startswith("q-"))
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [int(request.POST["ballot"]), request.POST["who"], codes])
    return HttpResponseRedirect("/thanks/")


urlpatterns = [re_path("", take)]
if os.environ.get("BENCHMARK_BARE"):  # set by the benchmark for the process that serves it
    django.setup()
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = __name__
    application = WSGIHandler()
