"""The library's command, with an audit entry: who got a token."""

from typing import Any

from django.db import transaction
from rest_framework.authtoken.management.commands import drf_create_token

from audit.entries import add_entry
from events.commands import NotedCommand, command_act


class Command(NotedCommand, drf_create_token.Command):
    help = "Prints a user's token; there is one, made when first asked for."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        codes = [options["username"], *(["reset"] if options["reset_token"] else [])]
        act = command_act("drf_create_token")
        add_entry(act, action="token.created", codes=codes)
