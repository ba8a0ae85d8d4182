"""Who this location is: a new epoch whenever the database is not the one that wrote."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from events import sql
from events.origin import ensure_self, take_new_epoch
from tests.integration.events.builders import NOW_US

pytestmark = pytest.mark.django_db


def test_the_first_look_takes_an_epoch_and_the_second_keeps_it() -> None:
    first = ensure_self(now_us=NOW_US)

    assert first.origin == f"loc1/{NOW_US // 1_000_000}"
    assert ensure_self(now_us=NOW_US + 10**9) == first


def test_a_replaced_database_gets_a_new_epoch_and_instance() -> None:
    first = ensure_self(now_us=NOW_US)
    sql.execute("UPDATE events_self SET database_identity = 'elsewhere', next_sequence = 7")

    second = ensure_self(now_us=NOW_US)

    assert second.epoch == first.epoch + 1  # the same second: at least the previous + 1
    assert second.instance_id != first.instance_id
    assert (second.next_sequence, second.produced_to) == (1, 0)


def test_a_new_epoch_is_taken_once_however_many_notice() -> None:
    first = ensure_self(now_us=NOW_US)

    second = take_new_epoch(first, now_us=NOW_US, reason="test")
    third = take_new_epoch(first, now_us=NOW_US, reason="test")

    assert second == third
    assert second.epoch > first.epoch


def test_a_database_of_another_location_is_refused() -> None:
    ensure_self(now_us=NOW_US)
    sql.execute("UPDATE events_self SET location_id = 'loc9'")

    with pytest.raises(ImproperlyConfigured, match="loc9"):
        ensure_self(now_us=NOW_US)
