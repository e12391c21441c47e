from django.apps import AppConfig


class NetworksConfig(AppConfig):
    name = "isthmus.apps.networks"
    label = "networks"

    def ready(self) -> None:
        from isthmus.apps.networks import scopes, tasks, waiting  # noqa: F401 - register scopes, kinds of job, what waits
