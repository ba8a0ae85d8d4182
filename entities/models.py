"""SCD2 tables: what the fold of each entity's events gives. Local keys, never on the wire."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    DateTimeRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import Deferrable, F, Func, Q


class _TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def _span() -> _TsTzRange:
    return _TsTzRange(F("valid_from"), F("valid_to"), RangeBoundary(inclusive_lower=True))


class Version(models.Model):
    """What both version tables share: true in the world over `[valid_from, valid_to)`."""

    id = models.BigAutoField(primary_key=True)
    entity_uid = models.UUIDField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    is_current = models.GeneratedField(
        expression=Q(valid_to__isnull=True),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    hashdiff = models.BinaryField()
    event_id = models.UUIDField()
    location_id = models.CharField(max_length=32, db_collation="C")
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


class EntityVersion(Version):
    """One row per constant (entity_type, display_name) of a living entity."""

    entity_type = models.TextField(null=True, db_collation="C")
    display_name = models.TextField(null=True)

    class Meta:
        db_table = "entities_entity"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="check_entity_interval",
            ),
            models.UniqueConstraint(
                fields=["entity_uid", "valid_from"],
                include=["valid_to"],
                name="unique_entity_valid_from",
            ),
            models.UniqueConstraint(
                fields=["entity_uid"],
                condition=Q(valid_to__isnull=True),
                name="unique_current_entity",
            ),
            ExclusionConstraint(
                name="exclude_overlapping_entities",
                expressions=[
                    ("entity_uid", RangeOperators.EQUAL),
                    (_span(), RangeOperators.OVERLAPS),
                ],
                deferrable=Deferrable.DEFERRED,
            ),
        ]
        indexes = [
            models.Index(fields=["valid_from"], name="entity_valid_from"),
            models.Index(fields=["valid_to"], name="entity_valid_to"),
        ]


class DetailVersion(Version):
    """One row per constant non-null value of one detail of a living entity."""

    detail_code = models.TextField(db_collation="C")
    value = models.JSONField()

    class Meta:
        db_table = "entities_entitydetail"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="check_detail_interval",
            ),
            models.UniqueConstraint(
                fields=["entity_uid", "detail_code", "valid_from"],
                include=["valid_to"],
                name="unique_detail_valid_from",
            ),
            models.UniqueConstraint(
                fields=["entity_uid", "detail_code"],
                condition=Q(valid_to__isnull=True),
                name="unique_current_detail",
            ),
            ExclusionConstraint(
                name="exclude_overlapping_details",
                expressions=[
                    ("entity_uid", RangeOperators.EQUAL),
                    ("detail_code", RangeOperators.EQUAL),
                    (_span(), RangeOperators.OVERLAPS),
                ],
                deferrable=Deferrable.DEFERRED,
            ),
        ]
        indexes = [
            models.Index(fields=["valid_from"], name="detail_valid_from"),
            models.Index(fields=["valid_to"], name="detail_valid_to"),
        ]


class StateValue(models.Model):
    """The value that holds now of each non-detail attribute: alive, merged_into, holds, …"""

    pk = models.CompositePrimaryKey("entity_uid", "attribute")
    entity_uid = models.UUIDField()
    attribute = models.TextField(db_collation="C")
    value = models.JSONField()
    event_id = models.UUIDField()

    class Meta:
        db_table = "entities_state"


class Conflict(models.Model):
    """Concurrent events with different values for one attribute. Ids only, never values."""

    conflict_id = models.UUIDField(primary_key=True)
    entity_uid = models.UUIDField()
    attribute = models.TextField(db_collation="C")
    heads = ArrayField(models.UUIDField())
    opened_hlc = models.BigIntegerField()
    closed_event = models.UUIDField(null=True)

    class Meta:
        db_table = "entities_conflict"
        indexes = [
            models.Index(fields=["entity_uid"], name="conflict_entity"),
            models.Index(
                fields=["opened_hlc"],
                condition=Q(closed_event__isnull=True),
                name="conflict_open",
            ),
        ]


class DetailType(models.Model):
    """Read model of the vocabulary: built-in detail types and the fields defined by events."""

    code = models.TextField(primary_key=True, db_collation="C")
    entity_uid = models.UUIDField(null=True, unique=True)  # null: built in
    label = models.TextField()
    value_type = models.TextField(default="text")
    options = models.JSONField(default=list)
    data_class = models.TextField(default="personal")
    status = models.TextField()
    created_hlc = models.BigIntegerField(default=0)

    class Meta:
        db_table = "entities_detailtype"
