from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "isthmus.apps.core"
    label = "core"

    def ready(self) -> None:
        from isthmus.apps.core import checks  # noqa: F401 - registers the check of undeclared views
