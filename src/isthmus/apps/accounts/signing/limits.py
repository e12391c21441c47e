"""Counts of tries that every web process shares: they live in the database (`CACHES`)."""

from __future__ import annotations

from django.utils.crypto import salted_hmac


def hashed_key(key: str, prefix: str, version: int) -> str:
    """A cache key that tells nobody whose it is: the names of limits hold addresses of people and of computers."""
    return salted_hmac("isthmus.limits", f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()
