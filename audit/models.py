"""The audit table: one entry per transaction, partitioned by month from day one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AuditEntry(models.Model):
    """Who did what, when, where, with which outcome. Ids and field names only, never values."""

    # The table's key is (audit_id, at), as its partitions need; the id alone is unique, too.
    audit_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    location_id = models.CharField(max_length=32)
    request_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=32)
    auth = models.CharField(max_length=16)
    action = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16)
    entity_uid = models.UUIDField(null=True)
    hit_ids = ArrayField(models.UUIDField(), default=list)
    event_ids = ArrayField(models.UUIDField(), default=list)
    codes = ArrayField(models.TextField(), default=list)
    query_hash = models.BinaryField(null=True)
    result_count = models.IntegerField(null=True)
    duration_us = models.BigIntegerField(null=True)
    address = models.CharField(max_length=64, default="")
    batch_id = models.UUIDField(null=True)
    seq = models.BigIntegerField(null=True)
    prev_hash = models.BinaryField(null=True)
    hash = models.BinaryField(null=True)

    class Meta:
        db_table = "audit_entry"
        verbose_name_plural = "audit entries"
        managed = False  # PARTITION BY RANGE: the migration's SQL makes the table


class AskedQuestion(models.Model):
    """That something was asked, kept as long as it counts against a limit. `key` is a keyed hash of
    who or what is counted: nobody reads a network or a name here."""

    key = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_question"
        indexes = [
            models.Index(fields=["key", "at"], name="question_key_at"),
            models.Index(fields=["at"], name="question_at"),  # the oldest are forgotten first
        ]
