from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "isthmus.apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        from isthmus.apps.accounts import access  # noqa: F401 - says who could see what
        from isthmus.apps.accounts import personal  # noqa: F401 - declares personal data
        from isthmus.apps.accounts.people import tasks, waiting  # noqa: F401 - register chores and what waits
        from isthmus.apps.accounts import finders, helped  # noqa: F401 - register what is found and what is explained
        from isthmus.apps.accounts.signing import receivers  # noqa: F401 - importing it connects it
