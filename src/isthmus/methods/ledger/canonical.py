"""One way to write a value as text, and salted commitments to such texts."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

SALT_BYTES = 32


def canonical(value: Any) -> str:
    """`value` as JSON in ASCII: keys in order, no spaces. Days, moments, decimals and UUIDs become texts.

    Raises TypeError for any other thing that JSON has no word for, ValueError for NaN and infinities.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=_as_text
    )


def _as_text(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"The record cannot keep a {type(value).__name__}; say it in texts and numbers")


def commitment(salt: bytes, content: str) -> str:
    """HMAC-SHA-256 of `content` under `salt` (32 random bytes), in hexadecimal.

    It binds: another content does not fit. It hides: without the salt, likely contents cannot be tried out, so once
    salt and content are erased the commitment says nothing. Raises ValueError for a salt of another length.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes, not {len(salt)}")
    return hmac.new(salt, content.encode("ascii"), sha256).hexdigest()
