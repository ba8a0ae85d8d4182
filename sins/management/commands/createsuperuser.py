"""The library's command, with an audit entry: who was made a superuser."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from events.commands import NotedCommand
from sins.management.saving import noting_saved_users


class Command(NotedCommand, createsuperuser.Command):
    help = "Makes a superuser, who holds every role."

    def handle(self, *args: Any, **options: Any) -> Any:
        with noting_saved_users("createsuperuser", action="user.created"):
            return super().handle(*args, **options)
