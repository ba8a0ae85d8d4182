"""Which roles a user holds, said on the command line; the user is made if it is not there."""

from typing import Any

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from audit.entries import add_entry
from events.commands import NotedCommand, command_act
from events.principal import ROLES


class Command(NotedCommand):
    help = (
        "Gives a user exactly these roles, without any: none. A new user has no password yet: "
        "changepassword sets one, drf_create_token makes a token."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("roles", nargs="*", metavar="role", help=", ".join(ROLES))

    @transaction.atomic
    def handle(self, *args: Any, username: str, roles: list[str], **options: Any) -> None:
        if unknown := set(roles) - set(ROLES):
            raise CommandError(
                f"There is no role {sorted(unknown)[0]}. Use one of: {', '.join(ROLES)}."
            )
        user, is_new = self.user(username)
        user.groups.remove(*Group.objects.filter(name__in=ROLES))
        user.groups.add(*[Group.objects.get_or_create(name=role)[0] for role in roles])
        act = command_act("set_roles")
        add_entry(act, action="roles.set", codes=[username, *roles])
        held = ", ".join(roles) or "none, and so is a customer"
        self.stdout.write(f"{'New user' if is_new else 'User'} {username} holds: {held}.")

    def user(self, username: str) -> tuple[User, bool]:
        """Raises CommandError for what cannot be a name."""
        if found := User.objects.filter(username=username).first():
            return found, False
        user = User(username=username)
        user.set_unusable_password()
        try:
            user.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.save()
        return user, True
