"""The library's command, with an audit entry: whose password was set."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.db import transaction

from audit.entries import add_entry
from events.commands import NotedCommand, command_act


class Command(NotedCommand, changepassword.Command):
    help = "Sets a user's password."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> Any:
        said = super().handle(*args, **options)
        username = options.get("username") or getpass.getuser()
        add_entry(command_act("changepassword"), action="password.set", codes=[username])
        return said
