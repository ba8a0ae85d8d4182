"""Monthly partitions of the audit table, made ahead so that pruning a month is dropping a table."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connections
from django.utils import timezone

MONTHS_AHEAD = 24

# A month that already has rows in the default partition stays there: nothing is lost, and moving
# rows would need to delete some.
IN_DEFAULT_SQL = (
    "SELECT EXISTS (SELECT FROM audit_entry_default WHERE at >= %(start)s AND at < %(end)s)"
)
IS_OWNER_SQL = """
SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = to_regclass('audit_entry_default')
"""
PARTITIONS_SQL = """
SELECT child.relname FROM pg_inherits
JOIN pg_class child ON child.oid = inhrelid
WHERE inhparent = 'audit_entry'::regclass
"""


def months(first: date, count: int) -> Iterator[tuple[date, date]]:
    """`count` pairs (first day, first day of the next month), from the month of `first` on."""
    start = first.replace(day=1)
    for _ in range(count):
        carry, month = divmod(start.month, 12)
        end = date(start.year + carry, month + 1, 1)
        yield start, end
        start = end


def ensure_partitions(*, today: date, using: str = "default") -> list[str]:
    """Make the partitions of this month and the next two years; return the new ones' names."""
    made = []
    with connections[using].cursor() as cursor:
        cursor.execute(PARTITIONS_SQL)
        existing = {name for (name,) in cursor.fetchall()}
        for start, end in months(today, MONTHS_AHEAD + 1):
            name = f"audit_entry_{start:%Y_%m}"
            if name in existing:
                continue
            cursor.execute(IN_DEFAULT_SQL, {"start": start, "end": end})
            if cursor.fetchone() == (False,):
                # Names and bounds of partitions cannot be parameters; both are our own dates.
                cursor.execute(
                    f"CREATE TABLE {name} PARTITION OF audit_entry"
                    f" FOR VALUES FROM ('{start} 00:00:00+00') TO ('{end} 00:00:00+00')"
                )
                made.append(name)
    return made


def months_before(day: date) -> list[str]:
    """The partitions whose months ended by that day, the oldest first."""
    pattern = re.compile(r"audit_entry_(\d{4})_(\d{2})")
    with connections["default"].cursor() as cursor:
        cursor.execute(PARTITIONS_SQL)
        names = sorted(name for (name,) in cursor.fetchall() if pattern.fullmatch(name))
    starts = {name: date(int(name[12:16]), int(name[17:19]), 1) for name in names}
    return [name for name, start in starts.items() if next(months(start, 1))[1] <= day]


def after_migrate(*, using: str, **kwargs: Any) -> None:
    """Signal receiver: every `migrate` of the table's owner keeps two years of partitions ahead."""
    with connections[using].cursor() as cursor:
        cursor.execute(IS_OWNER_SQL)
        is_owner = cursor.fetchone() == (True,)
    if is_owner:
        ensure_partitions(today=timezone.now().date(), using=using)
