"""Rights of the role as which web and workers log in: it adds audit entries, and changes none."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction
from psycopg import sql

# What only the owner's `keep_audit` writes.
READ_ONLY = ("audit_chain", "audit_block", "audit_pruning", "audit_total", "audit_seen")
INSERT_ONLY = ("audit_entry", "audit_arrival")
# Events are sealed and erased in place, as far as their trigger allows; whoever verifies on a page
# keeps the outcome, which is no evidence.
NEVER_DELETED = ("events_event", "audit_checkpoint", "audit_verification")

ROLE_SQL = """
SELECT rolcreaterole OR pg_has_role(pg_roles.oid, relowner, 'MEMBER')
FROM pg_roles, pg_class WHERE rolname = %(role)s AND pg_class.oid = 'audit_entry'::regclass
"""
PARTITIONS_SQL = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass"


def after_migrate(*, using: str, **kwargs: Any) -> None:
    """Signal receiver: every `migrate` by the owner makes the application's role, if it may, and
    gives it its rights; the role's own, where nothing is left to migrate, does neither."""
    role = settings.POSTGRES_APPLICATION_USER
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('audit_verification') IS NOT NULL, current_user")
        is_made, user = cursor.fetchone()
    if is_made and role and role != user:
        if settings.POSTGRES_APPLICATION_PASSWORD:
            make(role, password=settings.POSTGRES_APPLICATION_PASSWORD, using=using)
        grant(role, using=using)


def make(role: str, *, password: str, using: str = "default") -> None:
    """A role that may log in and nothing else; one that is there keeps the password it has."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            return
        # The server logs statements that fail or are slow: it gets what it would keep anyway.
        verifier = connections[using].connection.pgconn.encrypt_password(
            password.encode(), role.encode(), b"scram-sha-256"
        )
        statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        cursor.execute(statement.format(sql.Identifier(role), sql.Literal(verifier.decode())))


def grant(role: str, *, using: str = "default") -> None:
    """All that the application needs on the tables there are now, and no more. Must be done by the
    tables' owner. Raises ImproperlyConfigured when the role could do more anyway."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(ROLE_SQL, {"role": role})
        found = cursor.fetchone()
        if found is None or found[0]:
            raise ImproperlyConfigured(
                f"POSTGRES_APPLICATION_USER is {role!r}, "
                + ("which is or may become the tables' owner." if found else "which is no role.")
                + f" Make one of its own: CREATE ROLE {role} LOGIN PASSWORD '…'."
            )
        cursor.execute(PARTITIONS_SQL, ["audit_entry"])
        partitions = [name for (name,) in cursor.fetchall()]
        for statement in _statements(partitions):
            cursor.execute(sql.SQL(statement).format(role=sql.Identifier(role)))


def _statements(partitions: list[str]) -> list[str]:
    """The names in them are our own tables."""
    tables = "ALL TABLES IN SCHEMA public"
    return [
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {{role}}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"REVOKE TRUNCATE, REFERENCES, TRIGGER ON {tables} FROM {{role}}",
        f"REVOKE ALL ON {', '.join(partitions)} FROM {{role}}",
        f"REVOKE UPDATE, DELETE ON {', '.join(INSERT_ONLY)} FROM {{role}}",
        f"REVOKE DELETE ON {', '.join(NEVER_DELETED)} FROM {{role}}",
        f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(READ_ONLY)} FROM {{role}}",
    ]
