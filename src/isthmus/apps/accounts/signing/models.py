"""Tables of signing in: open sessions, counters of tries, one-time links."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac


class SignInSession(AbstractBaseSession):
    """One browser's session, with what its owner needs to know it by. Neither address nor fingerprint is kept."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sign_in_sessions"
    )
    device = models.CharField(max_length=60, blank=True)
    signed_in_at = models.DateTimeField(null=True)
    last_seen = models.DateField(null=True)

    def __str__(self) -> str:
        return self.device or "A session"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from isthmus.apps.accounts.signing.sessions import SessionStore

        return SessionStore

    @property
    def mark(self) -> str:
        """What a page calls this session: the key itself would open it."""
        return salted_hmac("isthmus.session", self.session_key).hexdigest()[:24]


class SharedCount(models.Model):
    """The database cache: counts of tries and codes already used, the same for every web process.

    The columns are those of Django's database cache. Keys are keyed hashes (`signing.limits.hashed_key`).
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key


class SignInLink(models.Model):
    """A link that signs one person in, once. Only a hash of its secret is kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="link_expires_after_it_is_made"
            )
        ]

    def __str__(self) -> str:
        return f"A sign-in link for {self.person}"
