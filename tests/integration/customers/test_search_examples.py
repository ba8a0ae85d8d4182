"""docs/search-examples.md is what the command writes, and leaves nothing behind."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from customers.models import Customer
from customers.search.examples import EXAMPLES
from events.models import LoggedEvent
from tests.integration.customers.registry import a_customer

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).resolve().parents[3] / "docs" / "search-examples.md"


def written(**options):
    out = StringIO()
    call_command("search_examples", stdout=out, **options)
    return out.getvalue()


def test_the_page_is_in_step():
    is_same = written().strip() == PAGE.read_text().strip()

    assert is_same, "Run: manage.py search_examples --write docs/search-examples.md"


def test_nothing_of_it_stays_but_that_it_ran():
    written()

    assert not Customer.objects.exists()
    assert not LoggedEvent.objects.exists()
    assert [entry.action for entry in AuditEntry.objects.all()] == ["command.run"]


def test_others_than_the_sample_are_not_among_the_answers():
    a_customer(surname="Johnson")

    with pytest.raises(CommandError, match="Use a database without them"):
        written()


def test_it_can_be_written_to_a_file(tmp_path):
    said = written(write=tmp_path / "page.md")

    assert said == f"Wrote {tmp_path / 'page.md'}.\n"
    assert (tmp_path / "page.md").read_text().startswith("# Search, by example")


def test_there_is_an_example_of_each_kind():
    assert len(EXAMPLES) >= 15
    assert len({example.title for example in EXAMPLES}) == len(EXAMPLES)
