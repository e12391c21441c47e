from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "isthmus.apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        from isthmus.apps.accounts import (  # noqa: F401 - importing each registers what it holds
            access,
            finders,
            helped,
            personal,
            seen,
        )
        from isthmus.apps.accounts.people import tasks, waiting  # noqa: F401 - register chores and what waits
        from isthmus.apps.accounts.privacy import personal as _offices  # noqa: F401 - says what tells of nobody
        from isthmus.apps.accounts.privacy import presenters  # noqa: F401 - says how its actions read
        from isthmus.apps.accounts.privacy import tasks as _disposal  # noqa: F401 - registers the chore
        from isthmus.apps.accounts.rights import (  # noqa: F401 - says what is kept, what schools take, what waits
            organisations,
        )
        from isthmus.apps.accounts.rights import personal as _own_data  # noqa: F401 - as above
        from isthmus.apps.accounts.rights import tasks as _copies  # noqa: F401 - as above
        from isthmus.apps.accounts.rights import waiting as _requests  # noqa: F401 - as above
        from isthmus.apps.accounts.signing import receivers  # noqa: F401 - importing it connects it
