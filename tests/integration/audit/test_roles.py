"""The application's role: it does its work, and changes no audit entry."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit import roles
from audit.chain import checkpoints, keeping, partitions, verification
from audit.chain import numbering as chain
from audit.models import AuditEntry
from entities.services import create_entity
from events import sql
from events.commands import command_act
from tests.integration.audit.chains import a_chain, add

pytestmark = pytest.mark.django_db
ROLE = "sins_test_application"


@pytest.fixture
def application():
    """From here on everything is done by the application's role."""
    a_chain(3)
    sql.execute(f"CREATE ROLE {ROLE} LOGIN")
    roles.grant(ROLE)
    sql.execute(f"SET LOCAL ROLE {ROLE}")


def refused(statement):
    words = "permission denied|must be owner"
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        sql.execute(statement)
    return True


def test_it_writes_and_reads(application):
    add(2)
    create_entity(command_act("test"), entity_type="INSTITUTION", display_name="School")

    assert AuditEntry.objects.count() == 6
    verdict = verification.verify()
    assert verdict.is_ok
    keeping.keep_verdict(verdict, at=timezone.now())
    assert checkpoints.known("loc2") == []
    assert verification.chain_state(since=None, until=None).unnumbered == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'mallory'",
        "UPDATE audit_entry SET seq = 4 WHERE seq IS NULL",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "DROP TABLE audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "UPDATE audit_entry_default SET actor = 'mallory'",
        "DELETE FROM audit_entry_default",
        "INSERT INTO audit_entry_default SELECT * FROM audit_entry",
        "UPDATE audit_chain SET seq = 0",
        "DELETE FROM audit_chain",
        "INSERT INTO audit_pruning SELECT * FROM audit_pruning",
        "DELETE FROM audit_verification",
        "UPDATE audit_total SET entries = 0",
        "DELETE FROM audit_checkpoint",
        "DELETE FROM events_event",
        "SET session_replication_role = replica",
    ],
)
def test_it_may_not(application, statement):
    assert refused(statement)


def test_it_cannot_number(application):
    add(1)

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        chain.number_entries()


def test_rights_are_given_at_every_migrate(settings):
    sql.execute(f"CREATE ROLE {ROLE} LOGIN")
    settings.POSTGRES_APPLICATION_USER = ROLE

    roles.after_migrate(using="default")

    asked = "SELECT has_table_privilege(%(role)s, 'audit_entry', %(right)s)"
    rights = {
        right: sql.fetch(asked, {"role": ROLE, "right": right})[0][0]
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
    }
    assert [right for right, has in rights.items() if has] == ["SELECT", "INSERT"]


def test_migrate_makes_the_role_with_its_password(settings):
    settings.POSTGRES_APPLICATION_USER = ROLE
    settings.POSTGRES_APPLICATION_PASSWORD = "first"
    kept = "SELECT rolpassword FROM pg_authid WHERE rolname = %s"

    roles.after_migrate(using="default")

    made = sql.fetch(kept, [ROLE])
    settings.POSTGRES_APPLICATION_PASSWORD = "second"
    roles.after_migrate(using="default")
    assert made[0][0].startswith("SCRAM-SHA-256$")
    assert sql.fetch(kept, [ROLE]) == made
    sql.execute(f"SET LOCAL ROLE {ROLE}")
    assert refused("UPDATE audit_entry SET actor = 'mallory'")


def test_it_may_start_where_the_owner_has_migrated(application, settings, monkeypatch):
    settings.POSTGRES_APPLICATION_USER = ROLE
    monkeypatch.setattr(partitions, "MONTHS_AHEAD", 60)

    call_command("migrate", verbosity=0)


@pytest.mark.parametrize("role", ["nobody_of_that_name", "the owner", "a member of the owner"])
def test_a_role_that_would_be_no_protection_is_refused(role):
    owner = connection.settings_dict["USER"]
    name = {"the owner": owner, "a member of the owner": ROLE}.get(role, role)
    if name == ROLE:
        sql.execute(f'CREATE ROLE {ROLE} LOGIN IN ROLE "{owner}"')

    with pytest.raises(ImproperlyConfigured, match="Make one of its own: CREATE ROLE"):
        roles.grant(name)
