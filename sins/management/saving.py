"""What commands that ask somebody first do to users: a prompt waits for hours and holds nothing."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.signals import pre_save

from audit.entries import add_entry
from events.commands import command_act


@contextmanager
def noting_saved_users(command: str, *, action: str) -> Iterator[None]:
    """One transaction from the first user that is saved to the end of the block, with an entry for
    each of them."""
    saved: list[User] = []
    with ExitStack() as begun:

        def begin(instance: User, **_said: object) -> None:
            if not saved:
                begun.enter_context(transaction.atomic())
            saved.append(instance)

        pre_save.connect(begin, sender=User, weak=False)
        try:
            yield
        finally:
            pre_save.disconnect(begin, sender=User)
        for user in saved:
            add_entry(command_act(command), action=action, codes=[user.get_username()])
