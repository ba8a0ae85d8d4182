from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EntitiesConfig(AppConfig):
    name = "entities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from entities import (
            fold,
            forgetting,
            lost_writes,
            members,
            projection,
            queries,
            vocabulary_rows,
        )
        from events import erasers, own_heartbeat, receiving, restoring

        projection.register()
        projection.register_read_model(vocabulary_rows.refresh)
        erasers.register_eraser(self.name, forgetting.erase, leftovers=forgetting.leftovers)
        receiving.register_batch_observer(lost_writes.on_batch)
        own_heartbeat.register_fold_version(fold.FOLD_VERSION)
        restoring.register_retired(members.retired)
        own_heartbeat.register_conflict_count(queries.open_conflict_count)
        post_migrate.connect(vocabulary_rows.write_built_ins, sender=self, dispatch_uid="entities")
