from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import (
            user_logged_in,
            user_logged_out,
            user_login_failed,
        )
        from django.db.models.signals import post_migrate

        from audit import applied, logins, roles, runs
        from audit.chain import checkpoints, partitions
        from events import commands, listening, own_heartbeat, receiving

        user_logged_in.connect(logins.on_login, dispatch_uid="audit")
        user_logged_out.connect(logins.on_logout, dispatch_uid="audit")
        user_login_failed.connect(logins.on_failed_login, dispatch_uid="audit")
        post_migrate.connect(partitions.after_migrate, sender=self, dispatch_uid="audit")
        post_migrate.connect(roles.after_migrate, sender=self, dispatch_uid="audit roles")
        receiving.register_batch_observer(applied.on_batch)
        own_heartbeat.register_chain_head(checkpoints.own_head)
        listening.register_heartbeat_observer(checkpoints.on_heartbeat)
        commands.register_run_observer(runs.noted_run)
