"""Links in mail: a token is derived when the mail is sent and never stored; the database keeps its hash.

Whoever reads the database alone can neither use nor make one: both need the installation's secret key as well.
"""

from __future__ import annotations

import base64
import hashlib

from django.utils.crypto import salted_hmac


def derived(purpose: str, reference: str) -> str:
    """The token for one thing ('invitation', '12:2'): 43 letters that fit an address."""
    digest = salted_hmac(f"isthmus.token.{purpose}", reference, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hashed(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
