from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "isthmus.apps.core"
    label = "core"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from isthmus.apps.core import (  # noqa: F401 - importing each registers what it holds
            checks,
            finders,
            guards,
            helped,
            personal_mail,
            personal_work,
        )

        post_migrate.connect(guards.after_migration, sender=self)
