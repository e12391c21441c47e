from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "isthmus.apps.surveys"
    label = "surveys"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from isthmus.apps.surveys import (  # noqa: F401 - importing each registers what it holds
            finders,
            guards,
            helped,
            organisations,
            personal,
            personal_links,
            personal_meetings,
            seen,
            tasks,
            waiting,
            waiting_steps,
        )
        from isthmus.apps.surveys.presenters import telling  # noqa: F401 - says how changes read in a history

        post_migrate.connect(guards.after_migration, sender=self)
