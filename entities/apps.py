from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EntitiesConfig(AppConfig):
    name = "entities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from entities import projection, vocabulary

        projection.register()
        projection.register_read_model(vocabulary.refresh)
        post_migrate.connect(vocabulary.write_built_ins, sender=self, dispatch_uid="entities")
