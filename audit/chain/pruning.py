"""Months past their age → an archive file that was read back → out of the table."""

import logging
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from audit import totals
from audit.chain import archive, lines, partitions
from audit.chain import numbering as chain
from audit.chain.archive import Archive
from audit.chain.hashing import Link
from audit.chain.verification import Border, border, kept_digest
from audit.chain.walking import Walk
from audit.entries import add_entry
from events import failpoints, sql
from events.clock import instant_of
from events.principal import Act

logger = logging.getLogger(__name__)

# Whoever waits for the lock of the whole table makes all others wait behind it.
LOCK_TIMEOUT_SQL = "SELECT set_config('lock_timeout', '2s', true)"
# An entry that comes while its month is archived would be dropped with it and be in no file.
LOCK_SQL = "LOCK TABLE {partition} IN SHARE MODE"
IN_MONTH_SQL = """
SELECT EXISTS (SELECT FROM {partition} WHERE seq IS NULL), (SELECT max(seq) FROM {partition})
"""
NEWEST_SQL = "SELECT max(at) FROM {partition}"
LINK_SQL = "SELECT encode(hash, 'hex') FROM {partition} WHERE seq = %(seq)s"

# A month whose entries were all archived with the one before only changes what is kept.
PRUNED_SQL = """
INSERT INTO audit_pruning (last_seq, first_seq, last_hash, file, sha256, kept_count, kept_sha256,
    pruned_at)
VALUES (%(last)s, %(first)s, decode(%(hash)s, 'hex'), %(file)s, decode(%(sha256)s, 'hex'),
    %(kept_count)s, decode(%(kept_sha256)s, 'hex'), %(pruned_at)s)
ON CONFLICT (last_seq) DO UPDATE
SET kept_count = excluded.kept_count, kept_sha256 = excluded.kept_sha256
"""

# Blocks say where a span of time may have numbers: now only where something stayed.
FORGET_BLOCKS_SQL = "DELETE FROM audit_block WHERE block <= %(last)s / 1000"
BLOCKS_AGAIN_SQL = """
INSERT INTO audit_block (block, min_at, max_at)
SELECT seq / 1000, min(at), max(at) FROM audit_entry
WHERE seq < (%(last)s / 1000 + 1) * 1000 GROUP BY 1
"""


class LateEntryError(Exception):
    """The month has got another entry since it was looked at: it is archived the next time."""


class BrokenChainError(Exception):
    """What is to be archived is not as it was numbered; the message is the verdict's sentence."""


def prune(act: Act) -> str | None:
    """Archive the oldest month past its age and take it out of the table; its partition's name.

    None when nothing is due. Raises BrokenChainError: what was altered is kept as evidence.
    """
    if not settings.AUDIT_ARCHIVE_DIR or not settings.AUDIT_RETENTION_DAYS:
        return None
    for partition in partitions.months_before(_day(act, days=settings.AUDIT_RETENTION_DAYS)):
        has_unnumbered, last = _in_month(partition)
        if has_unnumbered:
            return None  # numbered first: the next time
        begun = border()
        try:
            if last is None or last <= begun.link.seq:
                _drop(partition, last, begun)
            else:
                _archive(act, partition, last, begun)
        except LateEntryError:
            return None
        return partition
    return None


def _in_month(partition: str) -> tuple[bool, int | None]:
    """(is there an entry without a number, the highest number)."""
    has_unnumbered, last = sql.fetch(IN_MONTH_SQL.format(partition=partition))[0]
    return has_unnumbered, last


def _day(act: Act, *, days: int) -> date:
    return instant_of(act.now_us).date() - timedelta(days=days)


def _archive(act: Act, partition: str, last: int, begun: Border) -> None:
    (digits,) = sql.fetch(LINK_SQL.format(partition=partition), {"seq": last})[0]
    after, end = begun.link, Link(last, digits.encode())
    name = archive.name_of(settings.LOCATION_ID, first=after.seq + 1, last=end.seq)
    path = Path(settings.AUDIT_ARCHIVE_DIR) / name
    with transaction.atomic():
        rows = lines.rows(first=after.seq + 1, last=end.seq)
        digest = archive.write(path, rows, location_id=settings.LOCATION_ID, after=after, end=end)
    _read_back(archive.open_archive(path))
    failpoints.reach("prune.archived")
    pruned = Border(end, file=name, sha256=digest, pruned_at=instant_of(act.now_us))
    _take_out(act, partition, pruned, first=after.seq + 1)
    logger.info("audit.archived", extra={"archive": name, "events": end.seq - after.seq})


def _read_back(made: Archive) -> None:
    walk = Walk(made.after, testimony={})
    if not walk.go(made.rows()) or walk.end != made.end:
        made.path.unlink()
        raise BrokenChainError(walk.problem.sentence if walk.problem else "Entries are missing.")


@transaction.atomic
def _take_out(act: Act, partition: str, pruned: Border, *, first: int) -> None:
    """The row that says so, the entry that says so, and the months gone: all or nothing."""
    chain.lock_head()
    _drop_table(partition, pruned.link.seq)
    add_entry(act, action="audit.archived", codes=pruned.codes)
    _note(pruned, first=first)
    failpoints.reach("prune.before_commit")


@transaction.atomic
def _drop(partition: str, last: int | None, begun: Border) -> None:
    _drop_table(partition, last)
    if begun.link.seq:
        _note(begun, first=1)


def _drop_table(partition: str, last: int | None) -> None:
    """With its totals: how many there were is no longer told than what they were. Raises
    LateEntryError unless its entries are still those up to `last`."""
    sql.fetch(LOCK_TIMEOUT_SQL)
    sql.execute(LOCK_SQL.format(partition=partition))
    if _in_month(partition) != (False, last):
        raise LateEntryError
    (newest,) = sql.fetch(NEWEST_SQL.format(partition=partition))[0]
    if newest is not None:
        totals.forget(before=newest + timedelta(microseconds=1))
    sql.execute(f"DROP TABLE {partition}")


def _note(pruned: Border, *, first: int) -> None:
    sql.execute(FORGET_BLOCKS_SQL, {"last": pruned.link.seq})
    sql.execute(BLOCKS_AGAIN_SQL, {"last": pruned.link.seq})
    count, digest = kept_digest(pruned.link.seq)
    sql.execute(
        PRUNED_SQL,
        {
            "first": first,
            "last": pruned.link.seq,
            "hash": pruned.link.hash.decode(),
            "file": pruned.file,
            "sha256": pruned.sha256,
            "kept_count": count,
            "kept_sha256": digest,
            "pruned_at": pruned.pruned_at,
        },
    )
