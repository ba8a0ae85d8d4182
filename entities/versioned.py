"""SCD2 for any table: columns, constraints and indexes of rows over `[valid_from, valid_to)`.

Both version tables of `entities` are made of these, and a module's may be: docs/modules.md.
"""

from collections.abc import Sequence

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q
from django.db.models.constraints import BaseConstraint


class TsTzRange(Func):
    """`tstzrange(valid_from, valid_to, '[)')`: the span over which a version holds."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Versioned(models.Model):
    """One version of something: true in the world over `[valid_from, valid_to)`.

    `event_id` is the event it comes from, `location_id` where that was recorded, `recorded_at` when
    this database learned it, `hashdiff` SHA-256 over the exact values. The id is local: never
    referenced, never on the wire.
    """

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


def version_constraints(
    *, name: str, plural: str, key: Sequence[str] = ("entity_uid",)
) -> list[BaseConstraint]:
    """What the database refuses for the rows of one `key`: an empty or reversed interval, two that
    begin at one instant, two current ones and, looked at when the transaction ends, an overlap.

    `key` starts with entity_uid and never holds the row's id. The unique key also serves the reads
    as of an instant; the exclusion constraint is a promise, never an access path.
    """
    span = TsTzRange(F("valid_from"), F("valid_to"), RangeBoundary(inclusive_lower=True))
    return [
        models.CheckConstraint(
            condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
            name=f"check_{name}_interval",
        ),
        models.UniqueConstraint(
            fields=[*key, "valid_from"], include=["valid_to"], name=f"unique_{name}_valid_from"
        ),
        models.UniqueConstraint(
            fields=list(key), condition=Q(valid_to__isnull=True), name=f"unique_current_{name}"
        ),
        ExclusionConstraint(
            name=f"exclude_overlapping_{plural}",
            expressions=[
                *((column, RangeOperators.EQUAL) for column in key),
                (span, RangeOperators.OVERLAPS),
            ],
            deferrable=Deferrable.DEFERRED,
        ),
    ]


def version_indexes(*, name: str) -> list[models.Index]:
    """What began and what ended within a span of time: by these a diff reads its window."""
    return [
        models.Index(fields=["valid_from"], name=f"{name}_valid_from"),
        models.Index(fields=["valid_to"], name=f"{name}_valid_to"),
    ]
