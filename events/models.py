"""Tables of the event log and of its ways out and in: TABLES in docs/architecture.md."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q


class Int8MultirangeField(models.Field):
    """PostgreSQL `int8multirange`; in Python a `psycopg.types.multirange.Multirange`."""

    def db_type(self, connection: Any) -> str:
        return "int8multirange"


class EventState(models.IntegerChoices):
    FOLDED = 0, "folded"
    PARKED = 1, "parked: too far in the future"
    UNKNOWN_TYPE = 2, "unknown type"
    FAILED = 3, "projection failed"
    ERASED = 4, "erased"
    VOIDED = 5, "voided"
    REDACTED = 6, "erased where it came from, the erasure is on its way"


# Received, but not folded.
PENDING_STATES = (
    EventState.PARKED,
    EventState.UNKNOWN_TYPE,
    EventState.FAILED,
    EventState.REDACTED,
)


class LoggedEvent(models.Model):
    """One event as made or received. Insert only: a trigger lets `sequence`, `state`, `raw` → NULL
    and, while it is pending, `codes` change, nothing else. Values are read from `raw`."""

    event_id = models.UUIDField(primary_key=True)
    origin = models.CharField(max_length=64, db_collation="C")
    location_id = models.CharField(max_length=32, db_collation="C")
    entity_uid = models.UUIDField()
    entity_seq = models.IntegerField()
    sequence = models.BigIntegerField(null=True)
    type = models.CharField(max_length=256, db_collation="C")
    hlc = models.BigIntegerField()
    codes = ArrayField(models.TextField(db_collation="C"), default=list)
    actor = models.CharField(max_length=256)
    role = models.CharField(max_length=256)
    request_id = models.UUIDField()
    reason_code = models.CharField(max_length=256, null=True)
    batch_id = models.UUIDField(null=True)
    is_bulk = models.BooleanField(default=False)
    raw = models.BinaryField(null=True)
    sha256 = models.BinaryField()
    state = models.SmallIntegerField(choices=EventState.choices, default=EventState.FOLDED)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "events_event"
        verbose_name = "event"
        constraints = [
            models.UniqueConstraint(fields=["origin", "sequence"], name="unique_event_sequence"),
            models.UniqueConstraint(
                fields=["entity_uid", "origin", "entity_seq"], name="unique_event_entity_seq"
            ),
            models.CheckConstraint(
                condition=Q(hlc__gt=0) & Q(hlc__lt=2**53), name="check_event_hlc"
            ),
        ]
        indexes = [
            models.Index(
                fields=["is_bulk", "hlc"],
                condition=Q(sequence__isnull=True),
                name="event_unsealed",
            ),
            models.Index(
                fields=["state"], condition=Q(state__in=(1, 2, 3, 6)), name="event_waiting"
            ),
            models.Index(
                fields=["batch_id"], condition=Q(batch_id__isnull=False), name="event_batch"
            ),
            models.Index(fields=["hlc"], condition=Q(type="entity.merged.v1"), name="event_merges"),
            models.Index(
                fields=["entity_uid"],
                condition=Q(type="entity.erased.v1"),
                name="event_erasures",
            ),
            BrinIndex(fields=["recorded_at"], name="event_recorded_at"),
        ]


class EntityHead(models.Model):
    """The one row per entity that recording and projecting lock."""

    entity_uid = models.UUIDField(primary_key=True)
    last_hlc = models.BigIntegerField(default=0)
    last_key = models.TextField(default="", db_collation="C")
    vv = models.JSONField(default=dict)
    revision = models.BigIntegerField(default=0)
    digest = models.BinaryField(null=True)
    erased_event = models.UUIDField(null=True)
    stale = models.BooleanField(default=False)

    class Meta:
        db_table = "events_head"


class OriginProgress(models.Model):
    """What this location has of one origin, and what it asks its peers to send again."""

    origin = models.CharField(max_length=64, primary_key=True, db_collation="C")
    received = Int8MultirangeField()
    wants = Int8MultirangeField()

    class Meta:
        db_table = "events_origin"


class ThisLocation(models.Model):
    """One row: which location, epoch and database this is, and how far sealing is."""

    singleton = models.BooleanField(primary_key=True, default=True)
    location_id = models.CharField(max_length=32, db_collation="C")
    epoch = models.BigIntegerField()
    instance_id = models.UUIDField()
    database_identity = models.TextField()
    next_sequence = models.BigIntegerField(default=1)
    produced_to = models.BigIntegerField(default=0)
    rival_instance = models.UUIDField(null=True)
    # Closed since then, until what happened after its backup is here; null = open.
    restoring_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "events_self"
        constraints = [
            models.CheckConstraint(condition=Q(singleton=True), name="check_self_single_row"),
        ]


class ClockFloor(models.Model):
    """The highest hlc one writer has sealed or applied; each process writes only its own row."""

    writer = models.CharField(max_length=64, primary_key=True)
    floor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "events_clock"


class Peer(models.Model):
    """The last heartbeat of each location, this one's included."""

    location_id = models.CharField(max_length=32, primary_key=True, db_collation="C")
    status = models.JSONField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "events_peer"


class PartitionOffset(models.Model):
    """Where this location goes on reading: the database is the truth, not the group's offset."""

    pk = models.CompositePrimaryKey("cluster_id", "topic", "partition")
    cluster_id = models.CharField(max_length=128)
    topic = models.CharField(max_length=249)
    partition = models.IntegerField()
    next_offset = models.BigIntegerField()

    class Meta:
        db_table = "events_offset"


class DeadLetter(models.Model):
    """A message set aside with its reason; the bytes stay for a retry."""

    cluster_id = models.CharField(max_length=128, null=True)
    topic = models.CharField(max_length=249, null=True)
    partition = models.IntegerField(null=True)
    offset = models.BigIntegerField(null=True)
    origin = models.CharField(max_length=64, null=True, db_collation="C")
    sequence = models.BigIntegerField(null=True)
    entity_uid = models.UUIDField(null=True)
    reason_code = models.CharField(max_length=64)
    raw = models.BinaryField(null=True)
    first_seen = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "events_deadletter"
        constraints = [
            models.UniqueConstraint(
                fields=["cluster_id", "topic", "partition", "offset"],
                name="unique_deadletter_offset",
            ),
        ]
        indexes = [
            models.Index(
                fields=["first_seen"],
                condition=Q(resolved_at__isnull=True),
                name="deadletter_open",
            ),
        ]


class IdempotencyKey(models.Model):
    """The stored answer of a write, kept for 24 h in the transaction of the write."""

    pk = models.CompositePrimaryKey("actor", "key")
    actor = models.CharField(max_length=150)
    key = models.CharField(max_length=255)
    body_sha256 = models.BinaryField()
    entity_uid = models.UUIDField(null=True)
    status = models.IntegerField()
    answer = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "events_idempotency"
        indexes = [
            models.Index(fields=["expires_at"], name="idempotency_expires"),
            models.Index(fields=["entity_uid"], name="idempotency_entity"),
        ]
