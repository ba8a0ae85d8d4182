"""Fields by consent: who proposes, who decides, what may follow what, and what it comes to."""

import pytest

from audit.models import AuditEntry
from entities import governance, queries, vocabulary
from entities.governance import (
    BuiltInField,
    NotPossible,
    NotYours,
    TypeIsFixed,
    amend,
    authorise,
    decide,
    define_detail_type,
    propose,
    reject,
    retire,
)
from entities.models import DetailType
from entities.refusals import Invalid, NotFound, Stale
from entities.services import create_entity, update_entity
from entities.vocabulary import CodeTaken, vocabulary_uid
from events import log
from events.models import EntityHead, LoggedEvent
from tests.builders import an_event
from tests.integration.entities.resolved import assert_settled_everywhere, from_there, resolve
from tests.integration.entities.rows import (
    NOW,
    an_act,
    details,
    errors_of,
    open_conflicts_of,
    receive,
    said,
)

pytestmark = pytest.mark.django_db

LANGUAGE = vocabulary_uid("DETAIL_TYPE", "LANGUAGE")
PARTS = {"LABEL": "Preferred language", "TYPE": "choice", "OPTIONS": ["polski", "English"]}


def an_agent(**more):
    return an_act(**more)


def a_provider(**more):
    return an_act(role="service_provider", **more)


def proposed(act=None, **parts):
    propose(act or an_agent(), code="LANGUAGE", parts=PARTS | parts, reason="Asked every day.")
    return LANGUAGE


def authorised(**parts):
    return proposed(a_provider(), **parts)


def rejected():
    reject(a_provider(), entity_uid=proposed(), reason="Use the notes.")
    return LANGUAGE


def retired():
    retire(a_provider(), entity_uid=authorised())
    return LANGUAGE


def field():
    return DetailType.objects.get(code="LANGUAGE")


def events():
    return [event.type for event in LoggedEvent.objects.filter(entity_uid=LANGUAGE).order_by("hlc")]


def last_said():
    return said([log.events_of([LANGUAGE])[LANGUAGE][-1]])[0]


def test_an_agent_proposes_and_a_provider_decides():
    proposed()
    assert (field().status, field().reason) == ("proposed", "Asked every day.")

    authorise(a_provider(), entity_uid=LANGUAGE, reason="Useful at every counter.")

    assert field().status == "authorised"
    assert events() == ["detail_type.proposed.v1", "detail_type.authorised.v1"]
    assert last_said() == {"details": {}, "reason": "Useful at every counter."}
    assert field().reason == "Asked every day."


def test_what_a_provider_proposes_is_authorised_at_once():
    authorised()

    assert field().status == "authorised"
    assert events() == ["detail_type.authorised.v1"]


@pytest.mark.parametrize("act", [authorise, reject, retire])
def test_an_agent_does_not_decide(act):
    with pytest.raises(NotYours):
        act(an_agent(), entity_uid=proposed())
    with pytest.raises(NotYours):
        amend(an_agent(), entity_uid=LANGUAGE, changes={"LABEL": "Language"})

    assert events() == ["detail_type.proposed.v1"]


def test_a_customer_proposes_nothing():
    with pytest.raises(NotYours):
        proposed(an_act(role="customer"))


@pytest.mark.parametrize(
    ("start", "status", "end"),
    [
        (proposed, "authorised", "authorised"),
        (proposed, "rejected", "rejected"),
        (proposed, "retired", None),
        (authorised, "retired", "retired"),
        (authorised, "rejected", None),
        (retired, "authorised", "authorised"),
        (retired, "rejected", None),
        (rejected, "authorised", "authorised"),
        (rejected, "retired", None),
    ],
)
def test_what_may_follow_what(start, status, end):
    uid = start()
    before = field().status

    if end is None:
        with pytest.raises(NotPossible):
            decide(a_provider(), entity_uid=uid, status=status, changes={})
    else:
        decide(a_provider(), entity_uid=uid, status=status, changes={})

    assert field().status == (end or before)


@pytest.mark.parametrize("start", [authorised, retired, rejected])
def test_what_is_decided_so_already_is_only_audited(start):
    uid = start()
    count = len(events())

    decide(a_provider(), entity_uid=uid, status=field().status, changes={})

    assert len(events()) == count
    assert AuditEntry.objects.order_by("audit_id").last().result_count == 0


def test_a_rejected_field_is_proposed_again_as_it_is_wanted_now():
    rejected()

    propose(an_agent(), code="language", parts={"LABEL": "Language"}, reason="Once more.")

    assert (field().status, field().label, field().value_type) == ("proposed", "Language", "text")
    assert (field().options, field().reason) == ([], "Once more.")


@pytest.mark.parametrize("start", [proposed, authorised, retired])
def test_a_key_that_is_taken_is_not_proposed(start):
    start()

    for act in (an_agent(), a_provider()):
        with pytest.raises(CodeTaken):
            proposed(act)


def test_a_repeated_proposal_finds_what_it_came_to():
    proposed()

    again = propose(an_agent(), code="LANGUAGE", parts=PARTS, reason="Again.", again=True)

    assert (again.is_new, again.entity_uid) == (False, LANGUAGE)
    assert events() == ["detail_type.proposed.v1"]
    with pytest.raises(CodeTaken):
        propose(an_agent(), code="LANGUAGE", parts=PARTS | {"LABEL": "x"}, again=True)


def test_a_type_changes_until_it_was_authorised():
    proposed()
    amend(a_provider(), entity_uid=LANGUAGE, changes={"TYPE": "text", "MAX_LENGTH": 9})
    assert (field().value_type, field().options, field().rules) == ("text", [], {"MAX_LENGTH": 9})
    authorise(a_provider(), entity_uid=LANGUAGE, changes={"TYPE": "integer", "MIN": 1})
    assert (field().value_type, field().rules) == ("integer", {"MIN": 1})

    with pytest.raises(TypeIsFixed):
        amend(a_provider(), entity_uid=LANGUAGE, changes={"TYPE": "text"})
    retire(a_provider(), entity_uid=LANGUAGE)
    with pytest.raises(TypeIsFixed):
        authorise(a_provider(), entity_uid=LANGUAGE, changes={"TYPE": "text"})


def test_an_amendment_says_only_what_changes():
    authorised(HELP="Which they read best")

    changes = {"LABEL": " Reading  language ", "TYPE": "choice", "HELP": None, "ORDER": 3}
    amend(a_provider(), entity_uid=LANGUAGE, changes=changes, reason="Clearer.")

    assert events()[-1] == "detail_type.amended.v1"
    assert last_said() == {
        "details": {"LABEL": "Reading language", "HELP": None, "ORDER": 3},
        "reason": "Clearer.",
    }
    assert (field().label, field().help_text, field().position) == ("Reading language", "", 3)


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ({"LABEL": None}, ["label"]),
        ({"TYPE": "blob"}, ["type"]),
        ({"TYPE": None}, ["type"]),
        ({"OPTIONS": None}, ["options"]),
        ({"OPTIONS": []}, ["options"]),
        ({"TYPE": "text"}, ["options"]),
        ({"CLASS": "secret"}, ["class"]),
        ({"HELP": "x" * 301}, ["help"]),
        ({"ORDER": -1}, ["order"]),
        ({"ORDER": True}, ["order"]),
        ({"MIN": 1}, ["min"]),
        ({"TYPE": "integer", "OPTIONS": None, "MIN": "a"}, ["min"]),
        ({"TYPE": "integer", "OPTIONS": None, "MIN": 3, "MAX": 2}, ["max"]),
        ({"TYPE": "date", "OPTIONS": None, "MIN": "31.12.2024"}, ["min"]),
        ({"TYPE": "decimal", "OPTIONS": None, "MAX": "NaN"}, ["max"]),
        ({"TYPE": "text", "OPTIONS": None, "MAX_LENGTH": 0}, ["max_length"]),
        ({"TYPE": "text", "OPTIONS": None, "FORMAT": "9" * 65}, ["format"]),
        ({"TYPE": "text", "OPTIONS": None, "MIN": 1, "COLOUR": "x"}, ["colour"]),
    ],
)
def test_a_bad_proposal_is_refused(parts, wrong):
    with pytest.raises(Invalid) as refused:
        proposed(**parts)

    assert list(errors_of(refused)) == wrong
    assert not LoggedEvent.objects.exists()


def test_a_built_in_field_stays_as_it_is():
    with pytest.raises(CodeTaken):
        propose(a_provider(), code="SURNAME", parts={"LABEL": "x"})
    with pytest.raises(BuiltInField):
        retire(a_provider(), entity_uid=vocabulary_uid("DETAIL_TYPE", "EMAIL"))


def test_what_is_no_field_is_not_found():
    person = create_entity(an_act(), entity_type="PERSON", details=details(SURNAME="S")).entity_uid

    for uid in (person, LANGUAGE):
        with pytest.raises(NotFound):
            retire(a_provider(), entity_uid=uid)


def test_a_decision_about_a_field_that_changed_meanwhile_is_stale():
    seen = EntityHead.objects.get(entity_uid=proposed()).digest.hex()
    amend(a_provider(), entity_uid=LANGUAGE, changes={"LABEL": "Language"}, if_match=seen)

    with pytest.raises(Stale):
        authorise(a_provider(), entity_uid=LANGUAGE, if_match=seen)


def test_each_act_is_audited_under_its_name():
    proposed()
    authorise(a_provider(), entity_uid=LANGUAGE)
    amend(a_provider(), entity_uid=LANGUAGE, changes={"LABEL": "Language"})
    retire(a_provider(), entity_uid=LANGUAGE)

    entries = AuditEntry.objects.order_by("audit_id")
    assert [(entry.action, entry.codes, entry.entity_uid) for entry in entries] == [
        (f"detail_type.{verb}", ["LANGUAGE"], LANGUAGE)
        for verb in ("proposed", "authorised", "amended", "retired")
    ]


def test_defining_brings_a_retired_field_back_and_amends_one_in_use():
    retired()
    given = {"code": "LANGUAGE", "value_type": "choice", "options": ["polski", "English"]}

    define_detail_type(a_provider(), label="Preferred language", **given)
    define_detail_type(a_provider(), label="Language", **given)
    define_detail_type(a_provider(), label="Language", **given)

    assert events()[2:] == ["detail_type.authorised.v1", "detail_type.amended.v1"]


# Values

RULES = [
    ({"TYPE": "integer", "MIN": 1, "MAX": 9}, ["1", 9], [0, 10]),
    ({"TYPE": "decimal", "MIN": "0.5"}, ["0.50", 1], ["0.49", -1]),
    ({"TYPE": "date", "MAX": "2024-12-31"}, ["2024-12-31"], ["2025-01-01"]),
    ({"TYPE": "text", "MAX_LENGTH": 3}, ["abc"], ["abcd"]),
    (
        {"TYPE": "text", "FORMAT": "AA-99X"},
        ["ŻK-12b", "ab-123"],
        ["a-12b", "AB-1x2", "AB-12b "[:5]],
    ),
    ({"TYPE": "url", "MAX_LENGTH": 12}, ["http://a.is"], ["http://ab.isx"]),
]


@pytest.mark.parametrize(("parts", "good", "bad"), RULES)
def test_values_follow_the_rules_of_their_field(parts, good, bad):
    authorised(**{"OPTIONS": None, **parts})
    uid = create_entity(an_act(), entity_type="PERSON", details=details(SURNAME="S")).entity_uid

    for value in good:
        update_entity(an_act(), entity_uid=uid, details=details(LANGUAGE=value))
    for value in bad:
        with pytest.raises(Invalid) as refused:
            update_entity(an_act(), entity_uid=uid, details=details(LANGUAGE=value))
        assert list(errors_of(refused)) == ["LANGUAGE"]


def test_a_value_that_a_new_rule_refuses_stays_until_it_is_changed():
    authorised()
    uid = create_entity(
        an_act(), entity_type="PERSON", details=details(SURNAME="S", LANGUAGE="polski")
    ).entity_uid
    amend(a_provider(), entity_uid=LANGUAGE, changes={"OPTIONS": ["English", "Deutsch"]})

    update_entity(an_act(), entity_uid=uid, details=details(LANGUAGE="polski", NAME="A"))

    assert queries.current([uid])[uid].details["LANGUAGE"] == "polski"
    with pytest.raises(Invalid):
        create_entity(
            an_act(), entity_type="PERSON", details=details(SURNAME="T", LANGUAGE="polski")
        )


def test_what_a_peer_wrote_there_breaks_nothing():
    receive(
        [
            an_event(
                type="detail_type.authorised.v1",
                entity_uid=LANGUAGE,
                origin="loc2/1",
                at=NOW,
                details={
                    "CODE": "LANGUAGE",
                    "LABEL": 5,
                    "TYPE": "colour",
                    "OPTIONS": "red",
                    "CLASS": True,
                    "MIN": "x",
                    "MAX_LENGTH": "y",
                    "FORMAT": 7,
                    "ORDER": "first",
                    "HELP": False,
                },
            )
        ]
    )

    found = field()
    assert (found.value_type, found.options, found.data_class) == ("text", [], "ordinary")
    assert (found.status, found.position) == ("authorised", None)
    create_entity(an_act(), entity_type="PERSON", details=details(SURNAME="S", LANGUAGE="any"))
    amend(a_provider(), entity_uid=LANGUAGE, changes={"LABEL": "Language"})
    assert vocabulary.detail_type("LANGUAGE").label == "Language"


# Decisions at two locations


@pytest.mark.parametrize(
    ("after", "holds"), [(5, "rejected"), (-5, "authorised")], ids=["later", "earlier"]
)
def test_of_two_decisions_the_later_holds_and_both_are_shown(after, holds):
    propose(an_agent(now_us=NOW - 10_000_000), code="LANGUAGE", parts=PARTS)
    authorise(a_provider(now_us=NOW), entity_uid=LANGUAGE, reason="Yes.")
    from_there(
        LANGUAGE, type="detail_type.rejected.v1", sees=1, after=after, details={}, reason="No."
    )

    assert field().status == holds
    assert [one.attribute for one in open_conflicts_of(LANGUAGE)] == ["STATUS"]

    resolve(LANGUAGE, "STATUS", value="authorised", role="service_provider")

    assert field().status == "authorised"
    assert not open_conflicts_of(LANGUAGE)
    assert_settled_everywhere(LANGUAGE)


def test_two_decisions_that_say_the_same_are_no_conflict():
    propose(an_agent(now_us=NOW - 10_000_000), code="LANGUAGE", parts=PARTS)
    authorise(a_provider(now_us=NOW), entity_uid=LANGUAGE, reason="Yes.")
    from_there(LANGUAGE, type="detail_type.authorised.v1", sees=1, details={}, reason="Sure.")

    assert not open_conflicts_of(LANGUAGE)


def test_a_decision_that_has_seen_both_ends_the_conflict():
    propose(an_agent(now_us=NOW - 10_000_000), code="LANGUAGE", parts=PARTS)
    authorise(a_provider(now_us=NOW), entity_uid=LANGUAGE)
    from_there(LANGUAGE, type="detail_type.rejected.v1", sees=1, details={})

    governance.authorise(a_provider(), entity_uid=LANGUAGE, reason="We talked.")

    assert (field().status, open_conflicts_of(LANGUAGE)) == ("authorised", [])


def test_a_disputed_decision_is_recorded_although_it_holds_already():
    propose(an_agent(now_us=NOW - 10_000_000), code="LANGUAGE", parts=PARTS)
    from_there(LANGUAGE, type="detail_type.rejected.v1", sees=1, after=-5, details={})
    authorise(a_provider(now_us=NOW), entity_uid=LANGUAGE)
    from_there(LANGUAGE, type="detail_type.retired.v1", sees=1, seq=2, after=-4, details={})
    assert (field().status, len(open_conflicts_of(LANGUAGE))) == ("authorised", 1)
    count = len(events())

    authorise(a_provider(), entity_uid=LANGUAGE)

    assert len(events()) == count + 1
    assert not open_conflicts_of(LANGUAGE)


def test_values_given_under_a_field_not_known_here_wait_for_it():
    uid = create_entity(an_act(), entity_type="PERSON", details=details(SURNAME="S")).entity_uid
    receive([an_event(entity_uid=uid, origin="loc2/1", details={"LANGUAGE": "polski"})])
    with pytest.raises(Invalid):
        update_entity(an_act(), entity_uid=uid, details=details(LANGUAGE="English"))

    parts = {"CODE": "LANGUAGE", **PARTS}
    receive(
        [
            an_event(
                type="detail_type.authorised.v1",
                entity_uid=LANGUAGE,
                origin="loc2/1",
                details=parts,
            )
        ]
    )

    assert queries.current([uid])[uid].details["LANGUAGE"] == "polski"
    update_entity(an_act(), entity_uid=uid, details=details(LANGUAGE="English"))
    assert queries.current([uid])[uid].details["LANGUAGE"] == "English"
