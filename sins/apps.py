from django.apps import AppConfig, apps


class SinsConfig(AppConfig):
    name = "sins"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from sins import checks, identity  # noqa: F401  (importing registers the system checks)

        # After the app that has groups: this one has no models, so it gets no signal of its own.
        post_migrate.connect(
            identity.make_groups, sender=apps.get_app_config("auth"), dispatch_uid="sins.groups"
        )
