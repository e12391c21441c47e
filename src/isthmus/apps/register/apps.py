"""The register: organisations, the areas they lie in, and imports of the public register."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "isthmus.apps.register"
    label = "register"
    verbose_name = "Register of organisations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from isthmus.apps.register import (  # noqa: F401 - importing each registers what it holds
            finders,
            helped,
            personal,
            scopes,
            seen,
            tasks,
        )
