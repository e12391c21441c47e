from django.apps import AppConfig


class NetworksConfig(AppConfig):
    name = "isthmus.apps.networks"
    label = "networks"
