"""Pages of mail: which kinds one gets, stopping a kind from a mail, and reading mail in a demonstration."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core import mail
from isthmus.apps.core.access import actor, public, signed_in
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.models import Frequency, MailChoice, Message
from isthmus.apps.core.presenters import messages_table

PAGE = ["GET", "HEAD", "POST"]
SORTS = {"newest": Sort("Written", ("-created_at",)), "to": Sort("To", ("to", "-created_at"))}


# A mail program posts here without having seen a page (RFC 8058), so there is no token of ours to check; the
# address itself is the secret.
@csrf_exempt
@public
@never_cache
@require_http_methods(PAGE)
def mail_stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Get less mail of one kind, or none: the page asks, a button does; a mail program's one click stops it."""
    chosen = get_object_or_404(MailChoice, pk=pk)
    if request.method == "POST":
        daily = request.POST.get("frequency") == Frequency.DAILY
        mail.choose(chosen.email, chosen.kind, Frequency.DAILY if daily else Frequency.NEVER)
        return redirect("core:mail_stop", pk)
    kind = next((kind for kind in mail.kinds_to_choose() if kind.name == chosen.kind), None)
    if kind is None:
        raise Http404
    return render(request, "core/mail/stop.html", {"kind": kind, "chosen": chosen})


@signed_in
@require_http_methods(PAGE)
def mail_choices(request: HttpRequest) -> HttpResponse:
    """Which kinds of mail the person gets, and how often."""
    email = request.user.get_username()
    if request.method == "POST":
        for kind in mail.kinds_to_choose():
            given = request.POST.get(f"kind-{kind.name}")
            if given in Frequency.values:
                mail.choose(email, kind.name, Frequency(given), by=actor(request))
        messages.success(request, "Your choices were saved.")
        return redirect("core:mail_choices")
    made: dict[str, str] = dict(MailChoice.objects.filter(email=email).values_list("kind", "frequency"))
    rows: list[dict[str, Any]] = [
        {"kind": kind, "chosen": made.get(kind.name, Frequency.AT_ONCE)} for kind in mail.kinds_to_choose()
    ]
    return render(request, "core/mail/choices.html", {"rows": rows, "frequencies": Frequency.choices})


def _only_in_a_demonstration() -> None:
    if not settings.DEMONSTRATION or settings.MAIL_TRANSPORT != "file":
        raise Http404


@public
@never_cache
@require_GET
def demonstration_mail(request: HttpRequest) -> HttpResponse:
    """Mail to invented people, for whoever plays them. The address does not exist outside a demonstration."""
    _only_in_a_demonstration()
    page = listing(request, Message.objects.filter(emptied_at=None), sorts=SORTS)
    context = {"list": page, "table": messages_table(page)}
    return render(request, "core/mail/messages.html", context)


@public
@never_cache
@require_GET
def demonstration_message(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One mail as its reader has it, with links that work."""
    _only_in_a_demonstration()
    message = get_object_or_404(Message, pk=pk, emptied_at=None)
    context = {"message": message, "kind": mail.kind_of(message), "sections": mail.sections(message)}
    return render(request, "core/mail/message_page.html", context)
