from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "isthmus.apps.core"
    label = "core"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from isthmus.apps.core import checks, guards  # noqa: F401 - registers the check of undeclared views
        from isthmus.apps.core import personal_mail, personal_work  # noqa: F401 - declare personal data

        post_migrate.connect(guards.after_migration, sender=self)
