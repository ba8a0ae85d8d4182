"""The library's command, with an audit entry: whose password was set."""

from typing import Any

from django.contrib.auth.management.commands import changepassword

from events.commands import NotedCommand
from sins.management.saving import noting_saved_users


class Command(NotedCommand, changepassword.Command):
    help = "Sets a user's password."

    def handle(self, *args: Any, **options: Any) -> Any:
        with noting_saved_users("changepassword", action="password.set"):
            return super().handle(*args, **options)
