"""The register: organisations, the areas they lie in, and imports of the public register."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "isthmus.apps.register"
    label = "register"
    verbose_name = "Register of organisations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from isthmus.apps.register import scopes, tasks  # noqa: F401 - register names of scopes and kinds of job
        from isthmus.apps.register import personal  # noqa: F401 - declares personal data
