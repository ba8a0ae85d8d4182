"""The users of a demo: one per role, whose names say what they may and are their passwords."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import CommandError
from django.db import transaction

from audit.entries import add_entry
from events.commands import NotedCommand, command_act

ROLES = {
    "provider": "service_provider",
    "agent": "service_agent",
    "customer": "customer",
}


class Command(NotedCommand):
    help = "Creates the users provider, agent and customer, whose passwords are their names."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError(
                "demo_users makes users with known passwords: it only works with DEBUG=1."
            )
        for username, role in ROLES.items():
            user, is_new = User.objects.get_or_create(username=username)
            if is_new:
                user.set_password(username)
                user.save()
            user.groups.add(Group.objects.get_or_create(name=role)[0])
            add_entry(command_act("demo_users"), action="roles.set", codes=[username, role])
        self.stdout.write(f"Demo users: {', '.join(f'{name}/{name}' for name in ROLES)}")
