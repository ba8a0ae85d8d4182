"""Audit entries in sentences: one telling per action, and what stands in for what is not known."""

import re
from uuid import UUID

import pytest

from audit.actions import KIND_OF_ACTION, Kind
from customers.web.transactions import sentences
from customers.web.transactions.sentences import Name, Received, plain, sentence
from customers.web.transactions.tellings import EVENTS, KINDS, TELLINGS

ALICE, BOB, GONE = (UUID(int=number) for number in (1, 2, 3))
NAMES = {
    ALICE: Name(ALICE, "Smith, Alice"),
    BOB: Name(BOB, "Jones, Bob", "taken off the list"),
    GONE: Name(GONE, "", "an erased customer"),
}
PARTS = {"subject", "other", "fields", "codes", "found", "shown", "changes", "origins", "count"}


def told(action, *, origins=(), **values):
    entry = Received(action=action, **{"entity_uid": None, "codes": (), **values})
    return plain(sentence(entry, names=NAMES, labels={"NICKNAME": "Nickname"}, origins=origins))


def test_every_action_has_a_telling_and_no_telling_lacks_its_action():
    assert set(TELLINGS) == set(KIND_OF_ACTION)
    assert set(KINDS) == set(Kind)
    assert not set(EVENTS) & set(TELLINGS)


@pytest.mark.parametrize("action", sorted({**TELLINGS, **EVENTS}))
def test_every_telling_makes_sentences(action):
    telling = sentences.telling_of(action)

    assert telling.name.startswith("“") or telling.name[0].isupper()
    assert telling.done[0].isupper()
    assert telling.attempt[0].islower()
    for template in (telling.done, telling.attempt):
        assert set(sentences.PLACEHOLDER.findall(template)) <= PARTS
    for outcome in ("ok", "refused", "failed"):
        said = told(action, entity_uid=ALICE, outcome=outcome, codes=["forbidden"])
        assert "{" not in said
        assert not said.endswith((".", " "))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("customer.read", ALICE), "Read Smith, Alice"),
        (("customer.read", BOB), "Read Jones, Bob (taken off the list)"),
        (("customer.read", GONE), "Read an erased customer"),
        (("customer.read", UUID(int=9)), "Read an unknown entity 00000000…"),
        (("customer.read", None), "Read a customer"),
    ],
)
def test_who_is_called_as_may_be_shown(values, said):
    action, uid = values

    assert told(action, entity_uid=uid) == said


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([], "Changed nothing of Smith, Alice"),
        (["DOB"], "Changed birth date of Smith, Alice"),
        (["DOB", "NICKNAME"], "Changed birth date and nickname of Smith, Alice"),
        (["DOB", "NAME", "NICKNAME", "PHONE"], "Changed 4 values of Smith, Alice"),
        (
            ["replayed"],
            "Changed nothing of Smith, Alice; asked again with the same key, answered as before",
        ),
    ],
)
def test_changed_fields_are_named(codes, said):
    assert told("entity.updated", entity_uid=ALICE, codes=codes) == said


def test_what_was_not_done_was_tried():
    refused = Received("entity.deleted", ALICE, ["forbidden"], outcome="refused")

    assert plain(sentence(refused, names=NAMES, labels={})) == (
        "Tried to take Smith, Alice off the list"
    )
    assert sentences.reason(refused) == "role not allowed"
    assert told("access.refused", entity_uid=ALICE, outcome="refused") == (
        "Tried to do what their role may not, about Smith, Alice"
    )


def test_a_code_without_words_is_readable():
    assert sentences.reason(Received("customer.read", None, ["not_here"])) == "not here"


def test_a_command_that_failed_says_which_and_why():
    failed = Received("command.run", None, ["match_customers", "busy"], outcome="failed")

    assert plain(sentence(failed, names={}, labels={})) == "Tried to run match_customers"
    assert sentences.reason(failed) == "the database was busy"


def test_the_second_one_of_a_merge_is_named():
    assert told("entity.merged", entity_uid=BOB, hit_ids=[BOB, ALICE]) == (
        "Merged Jones, Bob (taken off the list) into Smith, Alice"
    )
    assert told("entity.merged", entity_uid=ALICE) == "Merged Smith, Alice into another customer"


def test_counts_and_origins():
    events = [UUID(int=number) for number in range(3)]

    assert told("customer.searched", result_count=1204) == "Searched; found 1,204"
    assert told("customer.searched", result_count=0) == "Searched; found nothing"
    assert told("customer.listed", result_count=None) == (
        "Looked through the list of customers; none shown"
    )
    assert told("events.applied", event_ids=events, origins=["loc2", "loc3"]) == (
        "Received 3 changes from loc2 and loc3"
    )
    assert told("events.applied", event_ids=events[:1]) == "Received 1 change from another location"


@pytest.mark.parametrize("action", [name for name in TELLINGS if "{count}" in TELLINGS[name].done])
def test_one_is_no_plural(action):
    said = told(action, result_count=1, codes=["loc2"])

    assert not re.search(r"\b1 (audit )?\w+s\b", said)
    assert re.search(r"\b2 (audit )?\w+(s|ed)\b", told(action, result_count=2, codes=["loc2"]))


def test_one_entry_is_verified():
    assert told("audit.verified", result_count=1) == "Verified 1 audit entry"


def test_an_action_of_a_later_version_is_told_by_its_name():
    assert told("moon.visited", entity_uid=ALICE) == "Did moon: visited, about Smith, Alice"
