from django.apps import AppConfig


class NetworksConfig(AppConfig):
    name = "isthmus.apps.networks"
    label = "networks"

    def ready(self) -> None:
        from isthmus.apps.networks import tasks, waiting  # noqa: F401 - register the kind of job and what waits
        from isthmus.apps.networks import personal  # noqa: F401 - declares personal data
