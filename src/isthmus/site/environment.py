"""Every setting that an operator can give, in one table. docs/configuration.md is checked against it."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from environs import Env

PREFIX = "ISTHMUS_"
MODES = ("demonstration", "production", "test")


class UnsafeSettings(Exception):
    """The settings would make an unsafe installation; the text says which one and what to do."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: `name` without the prefix, its default in words, and what it does."""

    name: str
    default: str
    help: str


TABLE: tuple[Setting, ...] = (
    Setting(
        "MODE", "demonstration", "`demonstration` (this machine only, one-click sign-in) or `production`."
    ),
    Setting("DATA", "./var", "Folder for the SQLite database, uploads, the secret key and caches."),
    Setting("DATABASE_URL", "SQLite in DATA", "`sqlite:///path` or `postgresql://user:password@host/name`."),
    Setting("SECRET_KEY", "made once in DATA (demonstration only)", "At least 50 random characters."),
    Setting("HOSTS", "localhost,127.0.0.1,[::1]", "Host names that this installation answers to, by commas."),
    Setting("HTTPS", "off, on in production", "Cookies and links only over HTTPS, with HSTS."),
    Setting("WEB_PROCESSES", "2", "Web processes. Two suit two cores."),
    Setting("WEB_THREADS", "4", "Threads in each web process."),
    Setting("SERVER_TIMING", "off", "Adds a `Server-Timing` header to every answer, for measurements."),
    Setting("METRICS_TOKEN", "none: /metrics is closed", "Bearer token that opens /metrics to Prometheus."),
    Setting(
        "TILES", "none", "Map tile address with {z}/{x}/{y}; without it the map uses the shipped boundaries."
    ),
    Setting("TILES_ATTRIBUTION", "none", "The credit that the owner of the tiles asks for."),
    Setting("UPLOAD_LIMIT_MB", "200", "Largest register file that can be brought in."),
    Setting("LOG_FORMAT", "text, json in production", "`text` for people, `json` for machines."),
)


def read_secret(data: Path) -> str:
    """The key made at the first start, kept in `data`; readable by its owner only."""
    path = data / "secret.key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        draft = data / f"secret.key.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        # A link is made whole or not at all, so a second process never reads half a key.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def check_production(env: Env) -> None:
    """Refuse to start where production would be unsafe.

    Raises `UnsafeSettings` naming every setting to mend at once.
    """
    wrong = []
    key = env.str("SECRET_KEY", "")
    if len(key) < 50 or len(set(key)) < 5:
        wrong.append(f"{PREFIX}SECRET_KEY must hold at least 50 random characters")
    hosts: list[str] = env.list("HOSTS", [])
    if not hosts or "*" in hosts:
        wrong.append(f"{PREFIX}HOSTS must name the host names of this installation (never *)")
    if not env.bool("HTTPS", True):
        wrong.append(f"{PREFIX}HTTPS cannot be switched off in production")
    if not env.str("DATABASE_URL", ""):
        wrong.append(f"{PREFIX}DATABASE_URL must say where the data is kept")
    if wrong:
        raise UnsafeSettings("This installation will not start in production:\n  " + "\n  ".join(wrong))
