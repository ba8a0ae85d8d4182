"""The registry's current-state read model: one row per PERSON, made by the projection."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q


class CustomerState(models.TextChoices):
    LISTED = "listed"
    DELETED = "deleted"
    MERGED = "merged"
    ERASED = "erased"


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
    due_at = models.DateTimeField(null=True)
    needs_match = models.BooleanField(default=True)

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
            models.Index(
                fields=["due_at"],
                condition=Q(state="listed", is_held=False),
                name="customer_due_at",
            ),
        ]
