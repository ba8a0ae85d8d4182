"""The registry's current-state read model: one row per PERSON, made by the projection."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q


class CustomerState(models.TextChoices):
    LISTED = "listed"
    DELETED = "deleted"
    MERGED = "merged"
    ERASED = "erased"
    RESTRICTED = "restricted"


class Customer(models.Model):
    """What the registry's users see of a person now. Derived: never written but by `read_model`."""

    entity_uid = models.UUIDField(primary_key=True)
    state = models.TextField(choices=CustomerState.choices)
    surname = models.TextField(null=True)
    name = models.TextField(null=True)
    dob = models.DateField(null=True)
    document_number = models.TextField(null=True)
    document_key = models.TextField(null=True, db_collation="C")
    display_name = models.TextField(null=True)
    sort_key = models.TextField(db_collation="C")
    search_text = models.TextField(db_collation="C")
    extra_fields = models.JSONField(default=dict)
    created_hlc = models.BigIntegerField()
    updated_hlc = models.BigIntegerField()
    created_location = models.CharField(max_length=32, db_collation="C")
    location_id = models.CharField(max_length=32, db_collation="C")
    merged_into = models.UUIDField(null=True)
    is_held = models.BooleanField(default=False)
    needs_match = models.BooleanField(default=True)
    # Of the words of the names, sorted; {} when not listed, NULL when not indexed yet.
    word_ids = ArrayField(models.IntegerField(), null=True)

    class Meta:
        db_table = "customers_customer"
        indexes = [
            models.Index(
                fields=["sort_key", "entity_uid"],
                condition=Q(state="listed"),
                name="customer_list_order",
            ),
            models.Index(
                fields=["document_key"],
                condition=Q(document_key__isnull=False),
                name="customer_document_key",
            ),
            models.Index(fields=["dob"], condition=Q(dob__isnull=False), name="customer_dob"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="customer_search_trgm"),
            # What retention counts from (customers/retention/due.py).
            models.Index(
                fields=["updated_hlc"],
                condition=Q(state__in=("listed", "deleted", "restricted")),
                name="customer_kept_updated",
            ),
            models.Index(
                fields=["created_hlc"],
                condition=Q(state__in=("listed", "deleted", "restricted")),
                name="customer_kept_created",
            ),
            GinIndex(
                OpClass(F("word_ids"), name="gin__int_ops"),
                condition=Q(word_ids__isnull=False),
                fastupdate=False,
                name="customer_word_ids",
            ),
            models.Index(
                fields=["entity_uid"],
                condition=Q(word_ids__isnull=True),
                name="customer_not_indexed",
            ),
            # The newest first: somebody at a counter waits for that one.
            models.Index(
                F("updated_hlc").desc(),
                F("entity_uid").desc(),
                condition=Q(needs_match=True),
                name="customer_needs_match",
            ),
        ]


class SearchWord(models.Model):
    """A word that a listed customer's name has. Derived: written by `search_words` alone."""

    word = models.TextField(primary_key=True, db_collation="C")
    word_id = models.IntegerField()
    sound = models.TextField(db_collation="C")
    # How many listed customers have it: a statistic, counted now and then.
    bearers = models.IntegerField(default=1)
    # Numbers of the word and its sound with letters left out: likely misspellings share one.
    deletions = ArrayField(models.IntegerField())

    class Meta:
        db_table = "customers_searchword"
        indexes = [
            GinIndex(
                OpClass(F("deletions"), name="gin__int_ops"),
                fastupdate=False,
                name="searchword_deletions",
            ),
        ]


class DuplicatePair(models.Model):
    """Two customers who may be one person. Ids and a score, no values: why is said when shown."""

    pk = models.CompositePrimaryKey("a", "b")
    a = models.UUIDField()
    b = models.UUIDField()
    score = models.FloatField()
    found_at = models.DateTimeField()
    weights_version = models.TextField(db_collation="C")

    class Meta:
        db_table = "customers_duplicate"
        constraints = [models.CheckConstraint(condition=Q(a__lt=F("b")), name="duplicate_in_order")]
        indexes = [
            models.Index(F("score").desc(), "a", "b", name="duplicate_list_order"),
            models.Index(fields=["b"], name="duplicate_b"),
        ]


class FindingRun(models.Model):
    """How far the one `find_duplicates` that has not ended yet has come; no row when none has."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    started_at = models.DateTimeField()
    least = models.FloatField()
    weights_version = models.TextField(db_collation="C")
    after_a = models.UUIDField()
    after_b = models.UUIDField()
    compared = models.BigIntegerField(default=0)
    found = models.BigIntegerField(default=0)

    class Meta:
        db_table = "customers_findingrun"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="finding_run_is_one")]


class RetentionRun(models.Model):
    """Customers whom this location is to erase: previewed, approved, then scheduled in batches.
    Where they are and when they went is in the ledger of erasures."""

    until_us = models.BigIntegerField()
    policy_code = models.TextField(null=True, db_collation="C")
    previewed_by = models.TextField()
    previewed_at = models.DateTimeField()
    approved_by = models.TextField(null=True)
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    elsewhere = models.BigIntegerField(default=0)  # due as well, at other locations

    class Meta:
        db_table = "customers_retentionrun"


class RetentionOutcome(models.TextChoices):
    DUE = "due"
    HELD = "held"
    SCHEDULED = "scheduled"
    NO_LONGER_DUE = "no_longer_due"


class RetentionItem(models.Model):
    """One customer of a run, by id; no value."""

    pk = models.CompositePrimaryKey("run", "entity_uid")
    run = models.ForeignKey(RetentionRun, on_delete=models.CASCADE, related_name="items")
    entity_uid = models.UUIDField()
    policy_code = models.TextField(db_collation="C")
    due_us = models.BigIntegerField()
    outcome = models.TextField(choices=RetentionOutcome.choices)
    execute_after_us = models.BigIntegerField(null=True)

    class Meta:
        db_table = "customers_retentionitem"
        indexes = [
            models.Index(fields=["run", "outcome", "entity_uid"], name="retention_item_outcome"),
            models.Index(
                fields=["execute_after_us"],
                condition=Q(outcome="scheduled"),
                name="retention_item_scheduled",
            ),
            models.Index(fields=["entity_uid"], name="retention_item_entity"),
        ]
