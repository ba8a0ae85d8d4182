"""The table of survivors and the inbox say what the merges come to, whatever arrived when."""

import os
import random

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.models import Customer
from entities.models import Conflict, Survivor
from entities.standing import stranded, survivors
from tests.integration.entities.rows import receive
from tests.unit.entities.crossings import lived, steps, view

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("MERGE_EXAMPLES", "100"))


@settings(max_examples=EXAMPLES)
@given(steps, st.integers(0, 2**32))
def test_tables_are_those_of_all_events_at_once(done, number):
    chance = random.Random(number)
    events = lived(done)
    chance.shuffle(events)

    with transaction.atomic():
        while events:
            size = chance.randint(1, 6)
            receive(events[:size])
            events = events[size:]
        edges, living = view(lived(done))
        told = dict(Survivor.objects.values_list("entity_uid", "survivor_uid"))
        items = Conflict.objects.filter(attribute="survivor", closed_event=None)
        named = set(items.values_list("entity_uid", flat=True))
        people = {row.pk: (row.state, row.merged_into) for row in Customer.objects.all()}
        transaction.set_rollback(True)

    assert told == survivors(edges)
    assert named == set(stranded(edges, living))
    for uid in living:
        assert people[uid] == (("merged", told[uid]) if uid in told else ("listed", None))
