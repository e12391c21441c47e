"""Structured logs without personal data: what happened, where in the code, how long; never who or from where."""

from __future__ import annotations

import logging
import logging.config
import re
from collections.abc import Iterable
from traceback import extract_tb
from typing import Any
from urllib.parse import quote

import structlog

from isthmus.apps.core import unnamed

# Keys that may never reach a log, whoever passes them.
FORBIDDEN = frozenset({"email", "name", "ip", "remote_addr", "person", "user", "cookie", "session", "query"})


def drop_personal(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Remove any key that could name a person."""
    for key in FORBIDDEN & event.keys():
        del event[key]
    return event


SHORTEST_SECRET = 6
"""Anything shorter would blot out ordinary words."""
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+\.[\w.-]*\w")
# What PostgreSQL adds to a refusal: the values of the row that was refused.
_VALUES = re.compile(r"^(\s*(?:DETAIL|CONTEXT):).*$", re.MULTILINE)


def blot_personal(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Blot out mail addresses and the values of rows, which the text of an exception may quote."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _ADDRESS.sub("[address]", _VALUES.sub(r"\1 [values]", value))
    return event


class NoAnswer(logging.Filter):
    """Where people answer without a name, a line says what went wrong, and neither where it was sent nor what it held.

    Django's own line names the address, which holds the code of a school, and the text of an error may quote a row.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let others pass; of an error there keep its kind and its place in the code; of all else, nothing."""
        request = getattr(record, "request", None)
        if request is None or not unnamed.without_a_name(request.path_info):
            return True
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return False
        where = "".join(f" at line {at.lineno} of {at.name}" for at in extract_tb(error.__traceback__)[-1:])
        record.msg, record.args = f"an answer could not be taken: {type(error).__qualname__}{where}", ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def _blotter(secrets: Iterable[str]) -> Any:
    """A last step that blots out the installation's secrets from the finished line, wherever they came from."""
    forms = {form for secret in secrets for form in (secret, quote(secret, safe=""), repr(secret)[1:-1])}
    long = sorted((form for form in forms if len(form) >= SHORTEST_SECRET), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, long))) if long else None

    def blot(_logger: Any, _method: str, line: str) -> str:
        return pattern.sub("[secret]", line) if pattern else line

    return blot


def configure(*, json: bool, secrets: Iterable[str] = ()) -> None:
    """Send every log, ours and Django's, through one formatter to standard error. `secrets` never appear in it."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        drop_personal,
        blot_personal,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "isthmus": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        renderer,
                        _blotter(secrets),
                    ],
                    "foreign_pre_chain": shared,
                }
            },
            "filters": {"no answer": {"()": NoAnswer}},
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": "isthmus",
                    "filters": ["no answer"],
                }
            },
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {
                "isthmus": {"level": "INFO"},
                # Its lines carry the path and the query asked for; our own request line does not.
                "django.request": {"level": "ERROR"},
                "django.security.DisallowedHost": {"level": "CRITICAL"},
            },
        }
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
