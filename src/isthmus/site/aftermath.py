"""What must hold in a restored database before anybody uses it: a whole record, no open doors, nobody erased."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import F

from isthmus.apps.accounts.people.models import Invitation, InvitationState
from isthmus.apps.accounts.rights import actions, journal
from isthmus.apps.accounts.rights.models import Erasure
from isthmus.apps.accounts.signing.models import SharedCount, SignInLink, SignInSession
from isthmus.apps.core import audit, guards, sealing
from isthmus.apps.core.adapters import export_lines, faults_in, first_link
from isthmus.apps.core.models import LedgerChain, Message, MessageState
from isthmus.apps.core.numbers import count
from isthmus.apps.core.outbox_models import OVER
from isthmus.apps.core.queries import entries_of, heads_of
from isthmus.apps.core.scopes import INSTALLATION
from isthmus.apps.surveys import guards as surveys
from isthmus.site import databases
from isthmus.site.archive import Backup

AHEAD = 1_000_000
"""How far numbers go ahead, so that none which was given after the backup is given to something else."""


def carry_erasures() -> None:
    """Before a database is replaced: write into the journal what it knows of erasures and the journal does not."""
    known = {line.id for line in journal.read()}
    if Erasure._meta.db_table not in databases.tables():
        return
    journal.append(
        journal.Line(str(row.pk), row.what, row.subject, tuple(row.addresses), row.at.isoformat())
        for row in Erasure.objects.order_by("at")
        if str(row.pk) not in known
    )


def check_record(heads: list[dict[str, Any]]) -> list[str]:
    """What is wrong with the chains of the record, in words: each against the head that the backup names."""
    published = {head["chain"]: head for head in heads}
    found = []
    for chain in LedgerChain.objects.order_by("pk"):
        entries = entries_of(chain.scope).iterator(chunk_size=1000)
        sizes = heads_of(chain.scope).order_by("size").iterator(chunk_size=1000)
        lines = export_lines(chain, entries, sizes, "")
        wrong = faults_in(lines, published.pop(str(chain.scope), None))
        found += [f"The record of {chain.scope}: {words}." for words in wrong]
    return found + [f"The record of {name} is not in the restored database." for name in published]


@transaction.atomic
def close_doors(backup: Backup) -> list[str]:
    """Nobody is signed in, no link sent before works, no mail goes out again, no number is given twice.

    The restore is an event itself, with the heads that the backup was made at. Gives what an operator should know.
    """
    guards.install(connection)
    surveys.install(connection)
    SignInSession.objects.all().delete()
    SignInLink.objects.all().delete()
    SharedCount.objects.all().delete()
    links = Invitation.objects.filter(state=InvitationState.OPEN).update(token_hash="", round=F("round") + 1)
    mails = Message.objects.exclude(state__in=OVER).update(
        state=MessageState.WITHDRAWN, token=None, error="Withdrawn: the database was restored"
    )
    advance_numbers()
    chain, _ = LedgerChain.objects.get_or_create(
        scope_kind=INSTALLATION.kind, scope_id=INSTALLATION.id, defaults={"link": first_link(INSTALLATION)}
    )
    manifest = backup.manifest
    audit.record(
        "installation.restore",
        by=None,
        target=chain,
        after={"backup of": manifest.made_at, "version": manifest.version, "backup": backup.digest},
        detail={"heads": manifest.heads},
    )
    erased = replay_erasures()
    sealing.seal()
    notes = [
        f"The database is as it was on {manifest.made_at}. Everybody signs in again.",
        "Roles that were given or ended since then are not known here: look through People.",
        "Heads of the record that were published since then fit this record no longer.",
    ]
    if links:
        notes.append(f"{count(links, 'invitation')} must be sent again: links sent before work no more.")
    if mails:
        notes.append(f"{count(mails, 'message')} that waited then will not be sent.")
    if erased:
        notes.append(f"{count(erased, 'erasure')} done since then: carried out again.")
    return notes


def replay_erasures() -> int:
    """Erase again who was erased after the backup; how many erasures that were."""
    return len(actions.replay_erasures(by=None))


def advance_numbers() -> None:
    """Let the automatic numbers of every table go on far beyond what was given before or after the backup.

    Otherwise a new invitation could get the number, and with it the link, of one that was sent after the backup.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT format('%I.%I', schemaname, sequencename), COALESCE(last_value, 0), max_value "
                "FROM pg_sequences WHERE schemaname = current_schema()"
            )
            for name, last, most in cursor.fetchall():
                if last + AHEAD < most:
                    cursor.execute("SELECT setval(%s, %s)", [name, last + AHEAD])
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE %s", ["%AUTOINCREMENT%"]
            )
            names = {row[0] for row in cursor.fetchall()}
            cursor.execute("SELECT name FROM sqlite_sequence")
            for name in names - {row[0] for row in cursor.fetchall()}:
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, 0)", [name])
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s", [AHEAD])
