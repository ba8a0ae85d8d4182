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


class ArrivedEntry(models.Model):
    """An entry of a read or a search, until it is taken over into the table of all. There are no
    indexes but the key: each read would pay for them."""

    audit_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    location_id = models.TextField(db_collation="C")
    request_id = models.UUIDField()
    kind = models.TextField()
    actor = models.TextField()
    role = models.TextField()
    auth = models.TextField()
    action = models.TextField()
    outcome = models.TextField()
    entity_uid = models.UUIDField(null=True)
    hit_ids = ArrayField(models.UUIDField())
    event_ids = ArrayField(models.UUIDField())
    codes = ArrayField(models.TextField())
    query_hash = models.BinaryField(null=True)
    result_count = models.IntegerField(null=True)
    duration_us = models.BigIntegerField(null=True)
    address = models.TextField()
    batch_id = models.UUIDField(null=True)

    class Meta:
        db_table = "audit_arrival"
        constraints = [
            # Nothing else may come this way; of the rest the table of all is sure when it takes it.
            models.CheckConstraint(
                condition=models.Q(kind__in=["read", "search"], outcome="ok"),
                name="check_arrival_is_read",
            ),
        ]


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


class ChainHead(models.Model):
    """One row: the last number given, its hash, and the origin under which it was given. A trigger
    moves it together with the entries that it numbers."""

    singleton = models.BooleanField(primary_key=True, default=True)
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField()
    origin = models.CharField(max_length=64, null=True, db_collation="C")

    class Meta:
        db_table = "audit_chain"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(singleton=True), name="check_chain_single_row"
            ),
        ]


class ChainBlock(models.Model):
    """A thousand numbers, and the instants between which their entries lie: numbers follow the
    commits, so a span of time finds its numbers here."""

    block = models.BigIntegerField(primary_key=True)
    min_at = models.DateTimeField()
    max_at = models.DateTimeField()

    class Meta:
        db_table = "audit_block"


class PeerCheckpoint(models.Model):
    """What a peer said of its chain: of each thousand numbers the last one heard, of every hour by
    this location's clock; `part` tells them apart. What contradicts an earlier word is a row of its
    own, and the earlier one stays. Never of this location's own chain, which whoever holds this
    database could rewrite."""

    location_id = models.CharField(max_length=32, db_collation="C")
    block = models.BigIntegerField()
    part = models.IntegerField()
    is_contradiction = models.BooleanField()
    heard_at = models.DateTimeField()
    seq = models.BigIntegerField()
    hash = models.BinaryField()
    origin = models.CharField(max_length=64, db_collation="C")
    told_at = models.DateTimeField()

    class Meta:
        db_table = "audit_checkpoint"
        constraints = [
            models.UniqueConstraint(
                fields=["location_id", "origin", "block", "part"], name="unique_checkpoint_part"
            ),
        ]
        indexes = [
            # Each page of the report asks for these few among a row for each hour and peer.
            models.Index(
                fields=["heard_at"],
                condition=models.Q(is_contradiction=True),
                name="checkpoint_contradiction",
            ),
        ]


class Pruning(models.Model):
    """Months that left the table: which numbers, in which file, and with which hash the chain goes
    on. `kept`: entries of later months among these numbers, which stayed in the table too."""

    last_seq = models.BigIntegerField(primary_key=True)
    first_seq = models.BigIntegerField()
    last_hash = models.BinaryField()
    file = models.CharField(max_length=255)
    sha256 = models.BinaryField()
    kept_count = models.BigIntegerField()
    kept_sha256 = models.BinaryField()
    pruned_at = models.DateTimeField()

    class Meta:
        db_table = "audit_pruning"


class Verification(models.Model):
    """One row: what the last verification of the whole chain found, and how far it is kept up."""

    singleton = models.BooleanField(primary_key=True, default=True)
    first_seq = models.BigIntegerField(null=True)
    last_seq = models.BigIntegerField(null=True)
    verified_at = models.DateTimeField()
    code = models.CharField(max_length=32, default="")
    problem_seq = models.BigIntegerField(null=True)
    sentence = models.TextField(default="")

    class Meta:
        db_table = "audit_verification"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(singleton=True), name="check_verification_single_row"
            ),
        ]


class GatheredEntry(models.Model):
    """Acts that become one entry together at `due_at`. `key` is a keyed hash of who and what;
    `free` of the `times` have an entry of their own."""

    key = models.BinaryField(primary_key=True)
    due_at = models.DateTimeField()
    free = models.IntegerField()
    times = models.IntegerField()
    audit_id = models.UUIDField()
    at = models.DateTimeField()
    location_id = models.TextField()
    request_id = models.UUIDField()
    kind = models.TextField()
    actor = models.TextField()
    role = models.TextField()
    auth = models.TextField()
    action = models.TextField()
    outcome = models.TextField()
    hit_ids = ArrayField(models.UUIDField(), default=list)
    codes = ArrayField(models.TextField(), default=list)
    query_hash = models.BinaryField(null=True)
    result_count = models.IntegerField(null=True)
    duration_us = models.BigIntegerField(null=True)
    address = models.TextField(default="")

    class Meta:
        db_table = "audit_gathered"
        indexes = [models.Index(fields=["due_at"], name="gathered_due_at")]


class ShippingCursor(models.Model):
    """How far shipping is, a row for `audit` and one for `logs`: the last number that Elasticsearch
    has, how many documents were sent in all, and when it last took some."""

    stream = models.CharField(max_length=16, primary_key=True)
    seq = models.BigIntegerField(default=0)
    documents = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField()

    class Meta:
        db_table = "audit_cursor"


class ShippedFile(models.Model):
    """How far a log file is shipped. `mark` is a checksum of what stands before that place, so that
    a file that was cut is known again; `size` is what it had when last looked at."""

    name = models.CharField(max_length=128, primary_key=True)
    next_offset = models.BigIntegerField()
    mark = models.BinaryField()
    size = models.BigIntegerField()

    class Meta:
        db_table = "audit_shippedfile"


class RefusedDocument(models.Model):
    """What Elasticsearch would not take, or what is no log line of ours. An entry is found by its
    number; of a line the bytes are kept."""

    stream = models.CharField(max_length=16)
    document_id = models.CharField(max_length=200)
    seq = models.BigIntegerField(null=True)
    file = models.CharField(max_length=128, null=True)
    file_offset = models.BigIntegerField(null=True)
    line = models.BinaryField(null=True)
    reason_code = models.CharField(max_length=200)
    refused_at = models.DateTimeField()
    attempts = models.IntegerField(default=1)

    class Meta:
        db_table = "audit_refused"
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "document_id"], name="unique_refused_document"
            ),
        ]


class HourTotal(models.Model):
    """How many numbered entries of one sort an hour has, as its entries say; `changes`: the events
    that they wrote or took over. Hours begin where they do in settings.TIME_ZONE."""

    pk = models.CompositePrimaryKey(
        "hour", "location_id", "kind", "action", "outcome", "actor", "role"
    )
    hour = models.DateTimeField()
    location_id = models.CharField(max_length=32, db_collation="C")
    kind = models.CharField(max_length=16)
    action = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16)
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=32)
    entries = models.BigIntegerField()
    changes = models.BigIntegerField()

    class Meta:
        db_table = "audit_total"
        indexes = [models.Index(fields=["location_id"], name="total_location")]
