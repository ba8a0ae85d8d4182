"""A module's own versioned table: the database keeps what `Versioned` promises."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps

from entities.versioned import Versioned, version_constraints, version_indexes
from tests.integration.entities.rows import check_constraints

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOMEBODY = UUID(int=1)


@pytest.fixture
def price_versions():
    """The table of a module that keeps a price per entity and currency."""
    with isolate_apps():

        class PriceVersion(Versioned):
            currency = models.TextField(db_collation="C")
            amount = models.TextField()

            class Meta:
                app_label = "prices"
                db_table = "test_price"
                constraints = version_constraints(
                    name="price", plural="prices", key=("entity_uid", "currency")
                )
                indexes = version_indexes(name="price")

    with connection.schema_editor(atomic=False) as editor:
        editor.create_model(PriceVersion)
    return PriceVersion


def a_price(model, *, start, end=None, currency="EUR", uid=SOMEBODY):
    """Hours after noon; no end: current."""
    return model.objects.create(
        entity_uid=uid,
        currency=currency,
        amount="9.90",
        valid_from=NOON + start * HOUR,
        valid_to=None if end is None else NOON + end * HOUR,
        hashdiff=b"\0" * 32,
        event_id=uuid4(),
        location_id="loc1",
        recorded_at=NOON,
    )


def in_one_transaction(model, *prices):
    with transaction.atomic():
        for price in prices:
            a_price(model, **price)
        check_constraints()


def test_versions_of_one_key_may_touch_and_other_keys_are_free(price_versions):
    a_price(price_versions, start=0, end=1)
    a_price(price_versions, start=1)
    a_price(price_versions, start=0, currency="USD")
    a_price(price_versions, start=0, uid=UUID(int=2))

    check_constraints()
    current = price_versions.objects.filter(is_current=True)
    assert current.count() == 3


@pytest.mark.parametrize(
    ("first", "second", "constraint"),
    [
        ({"start": 0}, {"start": 1}, "unique_current_price"),
        ({"start": 0, "end": 1}, {"start": 0, "end": 2}, "unique_price_valid_from"),
        ({"start": 0, "end": 1}, {"start": 2, "end": 2}, "check_price_interval"),
        ({"start": 0, "end": 1}, {"start": 3, "end": 2}, "check_price_interval"),
    ],
    ids=["two current", "one beginning twice", "empty", "reversed"],
)
def test_the_database_refuses_at_once(price_versions, first, second, constraint):
    a_price(price_versions, **first)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        a_price(price_versions, **second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"start": 0, "end": 2}, {"start": 1, "end": 3}),
        ({"start": 0, "end": 3}, {"start": 1, "end": 2}),
        ({"start": 0}, {"start": 1, "end": 2}),
    ],
    ids=["partly", "inside", "inside the current one"],
)
def test_an_overlap_is_refused_when_the_transaction_ends(price_versions, first, second):
    a_price(price_versions, **first)

    with pytest.raises(IntegrityError, match="exclude_overlapping_prices"):
        in_one_transaction(price_versions, second)


def test_versions_may_be_rewritten_in_any_order_within_a_transaction(price_versions):
    first = a_price(price_versions, start=0, end=2)
    a_price(price_versions, start=1, end=3)
    first.valid_to = NOON + HOUR
    first.save(update_fields=["valid_to"])

    check_constraints()
    assert price_versions.objects.count() == 2
