from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "isthmus.apps.needs"
    label = "needs"

    def ready(self) -> None:
        from isthmus.apps.needs import (  # noqa: F401 - importing each registers what it holds
            helped,
            organisations,
            personal,
        )
        from isthmus.apps.needs.presenters import telling  # noqa: F401 - says how changes read in a history
