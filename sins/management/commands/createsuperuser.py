"""The library's command, with an audit entry: who was made a superuser."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User
from django.db import transaction

from audit.entries import add_entry
from events.commands import NotedCommand, command_act


class Command(NotedCommand, createsuperuser.Command):
    help = "Makes a superuser, who holds every role."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> Any:
        said = super().handle(*args, **options)
        username = options.get("username") or User.objects.latest("pk").get_username()
        add_entry(command_act("createsuperuser"), action="user.created", codes=[username])
        return said
