"""SCD2 tables: what the fold of each entity's events gives. Local keys, never on the wire."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from entities.built_in import BUILT_IN_CODES
from entities.versioned import Versioned, version_constraints, version_indexes

# As the queries say it: PostgreSQL does not see that `is_current` means the same.
_CURRENT = Q(valid_to__isnull=True)


class EntityVersion(Versioned):
    """One row per constant (entity_type, display_name) of a living entity. `sort_key` follows from
    the name: the order of lists, and what is looked through for it (docs/decisions/0013)."""

    entity_type = models.TextField(null=True, db_collation="C")
    display_name = models.TextField(null=True)
    sort_key = models.TextField(db_collation="C")

    class Meta:
        db_table = "entities_entity"
        verbose_name = "entity"
        verbose_name_plural = "entities"
        constraints = version_constraints(name="entity", plural="entities")
        indexes = [
            *version_indexes(name="entity"),
            models.Index(
                fields=["sort_key", "entity_uid"], condition=_CURRENT, name="entity_list_order"
            ),
            models.Index(
                fields=["entity_type", "sort_key", "entity_uid"],
                condition=_CURRENT,
                name="entity_list_order_of_type",
            ),
            GinIndex(
                OpClass(F("sort_key"), name="gin_trgm_ops"),
                condition=_CURRENT,
                name="entity_sort_key_trgm",
            ),
        ]


class EntityType(EntityVersion):
    """The entity types that events defined, as the admin lists them: of them the current ones."""

    class Meta:
        proxy = True
        verbose_name = "entity type"


class DetailVersion(Versioned):
    """One row per constant non-null value of one detail of a living entity. `search_text` follows
    from the value: what is looked through for it."""

    detail_code = models.TextField(db_collation="C")
    value = models.JSONField()
    search_text = models.TextField(db_collation="C")

    class Meta:
        db_table = "entities_entitydetail"
        verbose_name = "detail"
        constraints = version_constraints(
            name="detail", plural="details", key=("entity_uid", "detail_code")
        )
        indexes = [
            *version_indexes(name="detail"),
            GinIndex(
                OpClass(F("search_text"), name="gin_trgm_ops"),
                condition=_CURRENT,
                name="detail_search_text_trgm",
            ),
            # Who holds a field that people defined; the built-in ones nobody looks through.
            models.Index(
                fields=["detail_code", "entity_uid"],
                condition=_CURRENT & ~Q(detail_code__in=sorted(BUILT_IN_CODES)),
                name="detail_of_field",
            ),
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
        indexes = [
            models.Index(
                fields=["entity_uid"],
                condition=Q(attribute="merged_into"),
                name="state_merged",
            ),
            models.Index(
                fields=["value"],
                condition=Q(attribute="merged_into"),
                name="state_merged_value",
            ),
            models.Index(
                fields=["attribute"],
                condition=Q(attribute__startswith="distinct:"),
                name="state_distinct",
            ),
            models.Index(
                fields=["entity_uid"],
                condition=Q(attribute__startswith="hold:"),
                name="state_held",
            ),
            models.Index(
                fields=["entity_uid"],
                condition=Q(attribute="restricted"),
                name="state_restricted",
            ),
        ]


class Survivor(models.Model):
    """Read model of merges: which record stands for a merged one at the end of all merges. Whoever
    has no row here stands alone."""

    entity_uid = models.UUIDField(primary_key=True)
    survivor_uid = models.UUIDField()

    class Meta:
        db_table = "entities_survivor"
        indexes = [models.Index(fields=["survivor_uid"], name="survivor_losers")]


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
    """Read model of the vocabulary: built-in detail types and the fields defined by events. `rules`
    of its values by part (entities/value_rules.py); `position` in forms, null = after the others;
    `reason` of whoever proposed it."""

    code = models.TextField(primary_key=True, db_collation="C")
    entity_uid = models.UUIDField(null=True, unique=True)  # null: built in
    label = models.TextField()
    value_type = models.TextField(default="text")
    options = models.JSONField(default=list)
    rules = models.JSONField(default=dict, db_default={})
    data_class = models.TextField(default="ordinary")
    help_text = models.TextField(default="", db_default="")
    position = models.BigIntegerField(null=True)
    reason = models.TextField(default="", db_default="")
    status = models.TextField()
    created_hlc = models.BigIntegerField(default=0)

    class Meta:
        db_table = "entities_detailtype"


class Erasure(models.Model):
    """The ledger of erasures, scheduled and done: what the events say, ids, codes and instants (µs)
    only. `location_id`: who scheduled or erased; `is_confirmed`: by all known locations."""

    entity_uid = models.UUIDField(primary_key=True)
    basis = models.TextField(db_collation="C")
    scheduled_event = models.UUIDField(null=True)
    scheduled_us = models.BigIntegerField(null=True)
    execute_after_us = models.BigIntegerField(null=True)
    location_id = models.CharField(max_length=32, db_collation="C")
    erased_event = models.UUIDField(null=True)
    erased_us = models.BigIntegerField(null=True)
    unanswered = ArrayField(models.TextField(db_collation="C"), default=list)
    is_confirmed = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "entities_erasure"
        indexes = [
            models.Index(
                fields=["execute_after_us", "entity_uid"],
                condition=Q(erased_event__isnull=True),
                name="erasure_scheduled",
            ),
            models.Index(
                fields=["erased_us", "entity_uid"],
                condition=Q(erased_event__isnull=False),
                name="erasure_done",
            ),
            models.Index(
                fields=["erased_us", "entity_uid"],
                condition=Q(erased_event__isnull=False, is_confirmed=False),
                name="erasure_unconfirmed",
            ),
        ]


class ErasureConfirmation(models.Model):
    """That a location has erased, as heard from itself."""

    pk = models.CompositePrimaryKey("entity_uid", "location_id")
    entity_uid = models.UUIDField()
    location_id = models.CharField(max_length=32, db_collation="C")
    confirmed_at = models.DateTimeField()

    class Meta:
        db_table = "entities_erasureconfirmation"
