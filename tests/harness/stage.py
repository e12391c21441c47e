"""What the races need, made within an installation: people, their sessions, one thing a race."""

from __future__ import annotations

import time
from functools import cache
from typing import Any


def session(person: Any, *, fresh: bool = True, **more: Any) -> str:
    """The cookie of a browser in which `person` has just signed in with a second step."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    held = client.session
    if fresh:
        now = time.time()
        held["account_authentication_methods"] = [
            {"method": "password", "at": now, "email": person.email},
            {"method": "mfa", "type": "totp", "at": now},
        ]
        held["account_authentication_methods_user"] = str(person.pk)
    held.update(more)
    held.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def build() -> dict[str, Any]:
    """Everything that the races post to, by name: cookies under 'sessions', the rest under its own."""
    from isthmus.apps.accounts.models import Person
    from isthmus.apps.accounts.people import actions
    from isthmus.apps.accounts.people.models import PURPOSE
    from isthmus.apps.accounts.roles import Role
    from isthmus.apps.core import mail, sealing
    from isthmus.apps.core.notices import TASK
    from isthmus.apps.core.scopes import Scope, ScopeKind
    from isthmus.apps.core.tokens import derived
    from isthmus.apps.register.models import Area, AreaKind, Organisation
    from tests.harness import stage_networks, stage_rights, stage_surveys

    area = Area.objects.get(fictional=True, kind=AreaKind.AUTHORITY)
    scope = Scope(ScopeKind.AREA, area.pk)
    officer = Person.objects.get(holdings__role=Role.AUTHORITY_OFFICER, holdings__scope_id=area.pk)
    administrator = Person.objects.filter(holdings__role=Role.ADMINISTRATOR).first()
    given: dict[str, Any] = {"area": area.pk, "officer": officer.pk}

    def asked(name: str) -> Any:
        return actions.invite(
            by=officer, email=f"{name}@example.org", name=name.title(), role=Role.ADVISER, scope=scope
        )

    for name in ("again", "back"):
        given[name] = asked(name).pk
    given |= {
        "round": 1,
        "school": Organisation.objects.filter(fictional=True, kind="school")[0].pk,
    }
    for name in ("accepts", "declines"):
        given[name] = derived(PURPOSE, asked(name).reference)
    for name in ("ends", "follows", "prolonged"):
        one = asked(name)
        actions.accept(by=None, invitation=one)
        one.refresh_from_db()
        given[name] = one.holding.pk
        given["seen"] = f"{one.holding.starts},{one.holding.ends or ''}"
    for name in ("stop", "daily"):
        given[name] = str(mail.choice(f"{name}@example.org", TASK.name).pk)
    given |= _work(officer, administrator, area, scope)
    given |= stage_networks.build(officer, area)
    given |= _ways_in()
    given |= stage_rights.build(officer, administrator, scope, _real)
    given |= stage_surveys.build(officer, area)
    given["sessions"]["answers"] = session(given.pop("survey_head"))
    given["sessions"] = {
        **given.pop("sessions"),
        "reader": given.pop("reader"),
        **{name: session(person) for name, person in given.pop("people").items()},
        "officer": session(officer),
        "administrator": session(administrator),
        "chooses": session(_real("chooses")),
    }
    sealing.seal()
    return given


def _work(officer: Any, administrator: Any, area: Any, scope: Any) -> dict[str, Any]:
    """Plans, tasks and register files that wait for a click."""
    from django.core.files.base import ContentFile

    from isthmus.apps.core import jobs
    from isthmus.apps.networks.models import Plan
    from isthmus.apps.register.models import ImportState, RegisterImport

    given: dict[str, Any] = {}
    for name in ("removed", "stopped"):
        plan = Plan.objects.create(owner=area, about=area, name=name, choices={}, created_by_id=officer.pk)
        plan.job = jobs.start("networks.plan", by=officer, scope=scope, params={"plan": plan.pk})
        plan.save()
        given[name] = plan.pk
        given[f"{name}_job"] = str(plan.job.pk)
    for name in ("applied", "aside"):
        kept = RegisterImport.objects.create(
            file_name=f"{name}.csv", digest="0" * 64, state=ImportState.CHECKED, by_id=administrator.pk
        )
        kept.upload.save(f"{name}.csv", ContentFile(b"URN\n"))
        given[name] = kept.pk
    return given


PASSWORD = "ferry lantern orchard"


@cache
def _hashed() -> str:
    """The password as it is kept: made once, because that is slow on purpose."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


def _real(name: str, *, password: bool = True) -> Any:
    from isthmus.apps.accounts.models import Person

    person = Person(email=f"{name}@example.org", name=name.title())
    if password:
        person.password = _hashed()
    else:
        person.set_unusable_password()
    person.save()
    return person


def _ways_in() -> dict[str, Any]:
    """People who change how they sign in, a person a race, so that none disturbs another."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from isthmus.apps.accounts import actions
    from isthmus.apps.accounts.queries import link_token

    given: dict[str, Any] = {"sessions": {}}
    for name in (
        "leaves", "asks_code", "forgets", "confirms", "changes", "plain", "app_off", "codes", "key_named",
        "key_gone", "elsewhere", "again_in", "restarts", "app_on", "steps_up", "connects",
    ):  # fmt: skip
        person = _real(name, password=name != "plain")
        given["sessions"][name] = session(person)
        if name in ("app_off", "codes", "steps_up"):
            TOTP.activate(person, generate_totp_secret())
            RecoveryCodes.activate(person)
        if name.startswith("key_"):
            row = Authenticator.objects.create(
                user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": {}}
            )
            given[name] = row.pk
        if name == "elsewhere":
            session(person)
    given |= _half_done(given["sessions"])
    given["link"] = link_token(actions.make_sign_in_link(by=None, person=_real("linked"), hours=1))
    return given


def _half_done(sessions: dict[str, str]) -> dict[str, Any]:
    """Sign-ins and changes that stand just before their last step, in the browsers that they were begun in."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.conf import settings
    from django.test import Client

    from tests.accounts.signing import code_for

    given: dict[str, Any] = {}
    secret = generate_totp_secret()
    sessions["app_on"] = session(_real("adds_app"), **{"mfa.totp.secret": secret})
    given["app_on"] = secret
    steps = {
        "by_code": [("/sign-in/code/", {"email": "by_code@example.org"})],
        "by_reset": [("/sign-in/forgotten/", {"email": "by_reset@example.org"})],
        "by_new": [
            ("/sign-in/forgotten/", {"email": "by_new@example.org"}),
            ("/sign-in/forgotten/code/", {}),
        ],
        "by_app": [("/sign-in/password/", {"login": "by_app@example.org", "password": PASSWORD})],
    }
    for name, requests in steps.items():
        person = _real(name)
        if name == "by_app":
            given[name] = generate_totp_secret()
            TOTP.activate(person, given[name])
            RecoveryCodes.activate(person)
        client = Client(headers={"host": "localhost"})
        for path, fields in requests:
            client.post(path, fields or {"code": code_for(person.email)})
        if name in ("by_code", "by_reset"):
            given[name] = code_for(person.email)
        sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    given["shows_app"] = generate_totp_secret()
    person = _real("shows_app")
    TOTP.activate(person, given["shows_app"])
    sessions["shows_app"] = session(person)
    sessions["stale"] = session(_real("stale"), account_authentication_methods=[])
    return given
