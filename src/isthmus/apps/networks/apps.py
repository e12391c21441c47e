from django.apps import AppConfig


class NetworksConfig(AppConfig):
    name = "isthmus.apps.networks"
    label = "networks"

    def ready(self) -> None:
        from isthmus.apps.networks import tasks  # noqa: F401 - registers the kind of job
