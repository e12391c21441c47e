from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "isthmus.apps.needs"
    label = "needs"
