"""Ways out for mail: SMTP, a government notification service, and files for demonstrations and tests.

A transport returns when the other side has taken the mail. It raises `Refused` where trying again is no use, `Later`
where the mail was certainly not taken, and `Unsure` where the line broke after it was handed over.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import smtplib
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from urllib.parse import unquote, urlsplit

from django.conf import settings

from isthmus.apps.core.mail import Rendered

SECONDS = 20


class Refused(Exception):
    """The other side will never take this mail."""


class Later(Exception):
    """The other side did not take this mail now."""


class Unsure(Exception):
    """The line broke after the mail was handed over: it may have been taken."""


Transport = Callable[[Rendered], None]


def as_email(mail: Rendered) -> EmailMessage:
    """The mail with its headers. Its Message-ID is the same on each try, so that a receiver can tell a repeat."""
    message = EmailMessage()
    message["From"] = settings.MAIL_FROM
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<{mail.id}@{parseaddr(settings.MAIL_FROM)[1].partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def to_file(mail: Rendered) -> None:
    """Write the mail into the folder `mail` of DATA. For demonstrations and tests: nothing leaves the machine."""
    folder = settings.DATA / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{mail.id}.eml").write_bytes(as_email(mail).as_bytes())


def by_smtp(mail: Rendered) -> None:
    """Hand the mail to the server that MAIL_SMTP names. With a user name the line must be encrypted."""
    message = as_email(mail)
    try:
        line = _connect()
    except (OSError, smtplib.SMTPException) as error:
        raise Later(_short(error)) from error
    try:
        for code, said in _introduce(line, mail.to):
            if code >= 500:
                raise Refused(f"{code} {said!r}"[:200])
            if code >= 400:
                raise Later(f"{code} {said!r}"[:200])
        _hand_over(line, message)
    except (OSError, smtplib.SMTPException) as error:
        raise Later(_short(error)) from error
    finally:
        line.close()


def _connect() -> smtplib.SMTP:
    address = urlsplit(settings.MAIL_SMTP)
    host, context = address.hostname or "localhost", ssl.create_default_context()
    line: smtplib.SMTP
    if address.scheme == "smtps":
        line = smtplib.SMTP_SSL(host, address.port or 465, timeout=SECONDS, context=context)
    else:
        line = smtplib.SMTP(host, address.port or 25, timeout=SECONDS)
        line.ehlo_or_helo_if_needed()
        if address.username or line.has_extn("starttls"):
            line.starttls(context=context)
            line.ehlo()
    if address.username:
        line.login(unquote(address.username), unquote(address.password or ""))
    return line


def _introduce(line: smtplib.SMTP, to: str) -> list[tuple[int, bytes]]:
    line.ehlo_or_helo_if_needed()
    answers = [line.mail(parseaddr(settings.MAIL_FROM)[1])]
    if answers[0][0] < 400:
        answers.append(line.rcpt(to))
    return answers


def _hand_over(line: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        code, said = line.data(message.as_bytes())
    except smtplib.SMTPDataError as error:  # refused before the text was given
        code, said = error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise Unsure(_short(error)) from error
    if code >= 500:
        raise Refused(f"{code} {said!r}"[:200])
    if code >= 400:
        raise Later(f"{code} {said!r}"[:200])


def by_notify(mail: Rendered) -> None:
    """Hand the mail to a service with the interface of GOV.UK Notify (version 2), as one template's two fields.

    The template has `((subject))` as its subject and `((body))` as its text.
    """
    given = {
        "email_address": mail.to,
        "template_id": settings.MAIL_NOTIFY_TEMPLATE,
        "personalisation": {"subject": mail.subject, "body": mail.text},
        "reference": mail.id,
    }
    if mail.unsubscribe.startswith("https://"):
        given["one_click_unsubscribe_url"] = mail.unsubscribe
    request = urllib.request.Request(  # noqa: S310 - the operator's own address, https in production
        f"{settings.MAIL_NOTIFY_URL.rstrip('/')}/v2/notifications/email",
        data=json.dumps(given).encode(),
        headers={
            "Authorization": f"Bearer {_pass(settings.MAIL_NOTIFY_KEY)}",
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310 - as above
            return
    except urllib.error.HTTPError as error:
        reason = f"{error.code} {error.reason}"
        # 403 is a key that is wrong or a clock that runs false: an operator can mend both.
        if error.code in (403, 408, 429) or error.code >= 500:
            raise Later(reason) from error
        raise Refused(reason) from error
    except urllib.error.URLError as error:
        raise Later(_short(error)) from error
    except OSError as error:
        raise Unsure(_short(error)) from error


def _pass(key: str) -> str:
    """A JSON web token (HS256) that the service asks for: issuer and time, signed with the end of the key."""
    found = re.fullmatch(r".*-([0-9a-f-]{36})-([0-9a-f-]{36})", key)
    if found is None:
        raise Later("MAIL_NOTIFY_KEY is not a key of the service")
    header = _encoded(json.dumps({"typ": "JWT", "alg": "HS256"}).encode())
    body = _encoded(json.dumps({"iss": found[1], "iat": int(time.time())}).encode())
    signature = hmac.new(found[2].encode(), f"{header}.{body}".encode(), hashlib.sha256).digest()
    return f"{header}.{body}.{_encoded(signature)}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _short(error: Exception) -> str:
    # The text of an error may hold an address; its name is enough to mend the line.
    return type(error).__name__


TRANSPORTS: dict[str, Transport] = {"file": to_file, "smtp": by_smtp, "notify": by_notify}


def transport() -> Transport:
    """The transport that MAIL_TRANSPORT names."""
    return TRANSPORTS[settings.MAIL_TRANSPORT]
