"""Where sessions are kept: a row each, with whose it is and on which device. `SESSION_ENGINE`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Django's database sessions in our table."""

    @classmethod
    def get_model_class(cls) -> Any:
        """The table of sessions."""
        from isthmus.apps.accounts.signing.models import SignInSession

        return SignInSession

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row, with what the session itself says about its owner."""
        row: Any = super().create_model_instance(data)
        row.person_id = int(data["_auth_user_id"]) if "_auth_user_id" in data else None
        row.device = data.get("device", "")
        row.signed_in_at = datetime.fromisoformat(data["signed_in_at"]) if "signed_in_at" in data else None
        row.last_seen = date.fromisoformat(data["last_seen"]) if "last_seen" in data else None
        return row
