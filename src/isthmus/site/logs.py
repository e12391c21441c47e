"""Structured logs without personal data: what happened, where in the code, how long; never who or from where."""

from __future__ import annotations

import logging
import logging.config
from typing import Any

import structlog

# Keys that may never reach a log, whoever passes them.
FORBIDDEN = frozenset({"email", "name", "ip", "remote_addr", "person", "user", "cookie", "session", "query"})


def drop_personal(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Remove any key that could name a person."""
    for key in FORBIDDEN & event.keys():
        del event[key]
    return event


def configure(*, json: bool) -> None:
    """Send every log, ours and Django's, through one formatter to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        drop_personal,
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
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                    "foreign_pre_chain": shared,
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "isthmus"}},
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
