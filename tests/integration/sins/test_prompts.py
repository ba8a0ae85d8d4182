"""Commands that ask for a password: the database is not kept waiting meanwhile."""

import getpass
import io

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "eleven herons"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def asked(monkeypatch):
    """What was asked, each with whether a transaction was open then; answers come from a list."""
    said = []

    def answering(*answers):
        rest = iter(answers)

        def answer(prompt="", *_):
            said.append((prompt, connection.in_atomic_block))
            return next(rest)

        monkeypatch.setattr(getpass, "getpass", answer)
        monkeypatch.setattr("builtins.input", answer)
        return said

    return answering


@pytest.fixture
def entries():
    """Those made since: entries outlive the other rows of a test."""
    known = set(AuditEntry.objects.values_list("audit_id", flat=True))

    def made():
        found = AuditEntry.objects.exclude(audit_id__in=known).order_by("audit_id")
        return [(one.action, one.outcome, one.codes) for one in found]

    return made


def test_a_password_is_asked_for_outside_of_any_transaction(asked, entries):
    User.objects.create_user("anna")
    said = asked("first", "second", PASSWORD, PASSWORD)

    call_command("changepassword", "anna", stdout=io.StringIO(), stderr=io.StringIO())

    assert [is_held for _, is_held in said] == [False] * 4
    assert User.objects.get().check_password(PASSWORD)
    assert entries() == [("password.set", "ok", ["anna"])]


def test_a_superuser_is_asked_for_outside_of_any_transaction(asked, entries):
    said = asked("root", "", PASSWORD, PASSWORD)

    call_command("createsuperuser", stdin=Terminal(), stdout=io.StringIO())

    assert [is_held for _, is_held in said] == [False] * 4
    assert User.objects.get().get_username() == "root"
    assert entries() == [("user.created", "ok", ["root"])]


def test_without_its_entry_no_password_is_set(asked):
    User.objects.create_user("anna")
    asked(PASSWORD, PASSWORD)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry ADD CONSTRAINT closed CHECK (false) NOT VALID")
    try:
        with pytest.raises(Exception, match="closed"):
            call_command("changepassword", "anna", stdout=io.StringIO())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_entry DROP CONSTRAINT closed")

    assert not User.objects.get().check_password(PASSWORD)


def test_nobody_is_said_to_be_made_where_nobody_can_be_asked(entries):
    User.objects.create_user("anna")

    call_command("createsuperuser", stdin=io.StringIO(), stdout=io.StringIO())

    assert entries() == [("command.run", "ok", ["createsuperuser"])]


def test_three_bad_answers_change_nothing(asked, entries):
    User.objects.create_user("anna")
    asked("a", "b", "c", "d", "e", "f")

    with pytest.raises(CommandError):
        call_command("changepassword", "anna", stdout=io.StringIO(), stderr=io.StringIO())

    assert entries() == [("command.run", "refused", ["changepassword"])]
