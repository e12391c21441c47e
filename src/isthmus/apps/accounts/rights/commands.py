"""What the command line does about erasures."""

from __future__ import annotations

import sys

from isthmus.apps.accounts.rights import journal
from isthmus.apps.accounts.rights.actions import replay_erasures as replay
from isthmus.apps.accounts.rights.queries import known_erasures
from isthmus.apps.core.numbers import count


def replay_erasures() -> int:
    """Erase again what this database does not know to be erased, and say what was done.

    Returns 1 where an erasure is not certain and somebody must look, 2 where the journal cannot be read or written.
    """
    try:
        done = replay(by=None)
        left = [line for line in journal.read() if line.id not in known_erasures()]
    except (journal.JournalBroken, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(
        f"{count(len(done), 'erasure')} done again.\n" if done else "Nothing had to be erased again.\n"
    )
    for line in left:
        sys.stdout.write(
            f"Not certain: {line.what} number {line.subject}, erased on {line.at[:10]}, has another address and "
            "name here. Look who it is. If it is the same, have it erased on the website.\n"
        )
    return 1 if left else 0
