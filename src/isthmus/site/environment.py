"""Every setting that an operator can give, in one table. docs/configuration.md is checked against it."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass, replace
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


# Other sites that can say who somebody is: name in the settings, name on the button, usual address.
PROVIDERS = (
    ("ENTRA", "Microsoft", "https://login.microsoftonline.com/organizations/v2.0"),
    ("GOOGLE", "Google", "https://accounts.google.com"),
    ("DFE", "DfE Sign-in", "https://oidc.signin.education.gov.uk"),
    ("OWN", "your authority's sign-in", ""),
)


def _provider_rows() -> tuple[Setting, ...]:
    rows = []
    for name, words, server in PROVIDERS:
        rows += [
            Setting(f"OIDC_{name}_CLIENT", f"none: no {words}", f"Client ID for {words} (OpenID Connect)."),
            Setting(f"OIDC_{name}_SECRET", "none", f"Client secret for {words}."),
            Setting(
                f"OIDC_{name}_SERVER",
                server or "none",
                f"Issuer address of {words}; for one tenant, its own.",
            ),
            Setting(
                f"OIDC_{name}_TRUST",
                "off",
                f"Whether an e-mail address that {words} vouches for finds the person here.",
            ),
        ]
    return (*rows, Setting("OIDC_OWN_NAME", "your authority's sign-in", "The words on its button."))


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
    Setting(
        "TRAVEL_SERVICE",
        "none",
        "Address of a routing service with OSRM's interface, for minutes by road; the places of schools go there.",
    ),
    Setting("UPLOAD_LIMIT_MB", "200", "Largest register file that can be brought in."),
    Setting(
        "ADDRESS",
        "http://localhost: and the port, 8000 by default; in production https:// and the first of HOSTS",
        "Where this installation is found: links in mail begin with it.",
    ),
    Setting(
        "MAIL_TRANSPORT",
        "file, smtp in production",
        "`smtp`, `notify` (a government notification service) or `file` (demonstration only: mail stays here).",
    ),
    Setting("MAIL_FROM", "Isthmus <isthmus@localhost>", "Who mail comes from: a name and an address."),
    Setting(
        "MAIL_SMTP",
        "smtp://localhost:25",
        "Mail server: `smtp://user:password@host:587` (encrypted by STARTTLS) or `smtps://user:password@host`.",
    ),
    Setting(
        "MAIL_NOTIFY_URL", "https://api.notifications.service.gov.uk", "Address of the notification service."
    ),
    Setting("MAIL_NOTIFY_KEY", "none", "Key of the notification service."),
    Setting("MAIL_NOTIFY_TEMPLATE", "none", "Its template for mail, with the fields `subject` and `body`."),
    Setting(
        "ERASURE_JOURNAL",
        "erasures.journal in DATA",
        "File that says which data was erased, read after a restore. A restore never replaces it.",
    ),
    Setting(
        "MEMORY",
        "/dev/shm, DATA where there is none",  # noqa: S108 - in words
        "Folder that lies in memory, the same for website and worker: single-use links that were used wait there.",
    ),
    Setting("COPY_KEEP_DAYS", "14", "Days for which a copy of somebody's or a school's data can be saved."),
    Setting("PROXIES", "0, 1 in production", "Proxies in front, each of which adds to `X-Forwarded-For`."),
    *_provider_rows(),
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


@dataclass(frozen=True)
class Provider:
    """A site that says who somebody is. `trusted` for the e-mail addresses that it vouches for."""

    id: str
    name: str
    server: str
    client: str
    secret: str
    trusted: bool


def providers(env: Env, *, production: bool) -> list[Provider]:
    """The providers that have a client ID. Raises `UnsafeSettings` where one is half set up."""
    servers = {name: server for name, _, server in PROVIDERS}
    given = [
        Provider(
            "entra",
            "Microsoft",
            env.str("OIDC_ENTRA_SERVER", servers["ENTRA"]),
            env.str("OIDC_ENTRA_CLIENT", ""),
            env.str("OIDC_ENTRA_SECRET", ""),
            env.bool("OIDC_ENTRA_TRUST", False),
        ),
        Provider(
            "google",
            "Google",
            env.str("OIDC_GOOGLE_SERVER", servers["GOOGLE"]),
            env.str("OIDC_GOOGLE_CLIENT", ""),
            env.str("OIDC_GOOGLE_SECRET", ""),
            env.bool("OIDC_GOOGLE_TRUST", False),
        ),
        Provider(
            "dfe",
            "DfE Sign-in",
            env.str("OIDC_DFE_SERVER", servers["DFE"]),
            env.str("OIDC_DFE_CLIENT", ""),
            env.str("OIDC_DFE_SECRET", ""),
            env.bool("OIDC_DFE_TRUST", False),
        ),
        Provider(
            "own",
            env.str("OIDC_OWN_NAME", "your authority's sign-in"),
            env.str("OIDC_OWN_SERVER", servers["OWN"]),
            env.str("OIDC_OWN_CLIENT", ""),
            env.str("OIDC_OWN_SECRET", ""),
            env.bool("OIDC_OWN_TRUST", False),
        ),
    ]
    found = [replace(p, server=p.server.rstrip("/")) for p in given if p.client]
    for provider in found:
        name = f"{PREFIX}OIDC_{provider.id.upper()}"
        if not provider.secret or not provider.server:
            raise UnsafeSettings(f"{name}_CLIENT also needs {name}_SECRET and {name}_SERVER")
        if production and not provider.server.startswith("https://"):
            raise UnsafeSettings(f"{name}_SERVER must begin with https://")
    return found


def origins(found: list[Provider]) -> list[str]:
    """The origins of providers, to which a form may lead."""
    return sorted({"/".join(p.server.split("/")[:3]) for p in found})


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
    if env.str("MAIL_TRANSPORT", "smtp") not in ("smtp", "notify"):
        wrong.append(
            f"{PREFIX}MAIL_TRANSPORT must be smtp or notify: in production mail must leave this machine"
        )
    if wrong:
        raise UnsafeSettings("This installation will not start in production:\n  " + "\n  ".join(wrong))
