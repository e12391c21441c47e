from django.apps import AppConfig


class NetworksConfig(AppConfig):
    name = "isthmus.apps.networks"
    label = "networks"

    def ready(self) -> None:
        from isthmus.apps.networks import (  # noqa: F401 - importing each registers what it holds
            asked,
            finders,
            helped,
            organisations,
            personal,
            scopes,
            seen,
            tasks,
            waiting,
        )
