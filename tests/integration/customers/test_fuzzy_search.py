"""Fuzzy search by examples: each way to get a name wrong, the order, namesakes, and nobody."""

from datetime import date
from uuid import UUID

import pytest

from customers.models import Customer
from customers.rules import CODE_OF_KEY
from customers.search.hits import Question
from customers.search.search import search_for
from entities import loading
from entities.load_input import History, Step
from events.commands import command_act

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)
NAMES = (
    "Johnson, Alice", "Johansson, Alicia", "Jones, Deane", "García Márquez, Gabriel José",
    "Иванов, Иван Сергеевич", "Χατζής, Γιώργος", "Müller, Jörg", "O'Brien, Seán",
    "van den Berg, Anna Maria", "Schmidt, Christoph", "Kowalczyk, Małgorzata", "Nguyễn, Thị Hương",
    "الزعبي, إبراهيم", "Alexandropoulou, Konstantina", "Ng, Jo", "Smith-Jones, Bob",
    "Petrović, Slobodan", "Hernández, Guadalupe", "Ferreira, João", "Lindqvist, Åsa",
)  # fmt: skip
FILLERS = tuple(f"Filler{one}{other}, Person{other}{one}" for one in "bcdfg" for other in "klmnp")


def uid_of(number: int) -> UUID:
    return UUID(int=(0x7 << 76) | (0x8 << 60) | number)


def put_on_the_list(people, *, first=1):
    act = command_act("test")
    histories = [
        History(
            uid_of(first + number),
            "PERSON",
            (Step("created", act.now_us, {CODE_OF_KEY[key]: value for key, value in one.items()}),),
        )
        for number, one in enumerate(people)
    ]
    loading.load(act, histories=histories)


def a_person(shown, **values):
    surname, name = shown.split(", ")
    return {"surname": surname, "name": name, **values}


@pytest.fixture
def _people(db):
    put_on_the_list([a_person(shown) for shown in NAMES + FILLERS])


def found(q="", *, limit=10, is_whole_only=False, **fields):
    question = Question(q=q, **fields)
    return search_for(question, mode="fuzzy", limit=limit, today=TODAY, is_whole_only=is_whole_only)


def shown(hits):
    return [f"{hit.customer.surname}, {hit.customer.name}" for hit in hits]


@pytest.mark.usefixtures("_people")
class TestWaysToGetANameWrong:
    @pytest.mark.parametrize(
        ("q", "meant"),
        [
            # one typo: left out, put in, another, swapped
            ("Jonson Alice", "Johnson, Alice"),
            ("Gabrieel Garcia Marquez", "García Márquez, Gabriel José"),
            ("Petrobic Slobodan", "Petrović, Slobodan"),
            ("Schimdt Christoph", "Schmidt, Christoph"),
            # two typos, in one word and in two
            ("Alexndropulou Konstantina", "Alexandropoulou, Konstantina"),
            ("Kowalzcyk Malgozata", "Kowalczyk, Małgorzata"),
            # swapped, with a typo
            ("Alise Johnson", "Johnson, Alice"),
            ("Guadalupe, Hernandes", "Hernández, Guadalupe"),
            # a part: a word missing, an initial, not typed to the end
            ("Gabriel Marquez", "García Márquez, Gabriel José"),
            ("A. Johnson", "Johnson, Alice"),
            ("alexandropoulou konst", "Alexandropoulou, Konstantina"),
            # one word too many
            ("Alice Marie Johnson", "Johnson, Alice"),
            # another script or romanisation
            ("Ivanov Ivan Sergeyevich", "Иванов, Иван Сергеевич"),
            ("Iwanow Iwan", "Иванов, Иван Сергеевич"),
            ("Hatzis Yorgos", "Χατζής, Γιώργος"),
            ("Ibrahim Al-Zoubi", "الزعبي, إبراهيم"),
            ("Джонсон Алис", "Johnson, Alice"),
            # by ear
            ("Shmit Kristof", "Schmidt, Christoph"),
            ("O Brian Shean", "O'Brien, Seán"),
            # marks lost, or written out
            ("Nguyen Thi Huong", "Nguyễn, Thị Hương"),
            ("Mueller Joerg", "Müller, Jörg"),
            # joined, split
            ("annamaria vandenberg", "van den Berg, Anna Maria"),
            ("DeaneJones", "Jones, Deane"),
            ("Konstan tina Alexandropoulou", "Alexandropoulou, Konstantina"),
            ("smithjones bob", "Smith-Jones, Bob"),
            # and heard a little otherwise
            ("Ibrahim Alzoubi", "الزعبي, إبراهيم"),
            # a short form, and the other way round
            ("robert smith jones", "Smith-Jones, Bob"),
            # short names, whole
            ("jo ng", "Ng, Jo"),
        ],
    )
    def test_the_person_comes_first(self, q, meant):
        hits = found(q)

        assert shown(hits)[:1] == [meant]
        assert 0 < hits[0].score <= 1

    @pytest.mark.parametrize(
        "q",
        ["asdfgh", "qwertz uiop", "table window", "xkcd zzyzx plugh", "Bob Kowalczyk", "12345678"],
    )
    def test_nonsense_and_strangers_are_nobody(self, q):
        assert found(q) == []

    def test_the_surname_as_a_name_is_found_but_less(self):
        right, swapped = (
            found(surname="Johnson", name="Alice"),
            found(surname="Alice", name="Johnson"),
        )

        assert shown(right)[0] == shown(swapped)[0] == "Johnson, Alice"
        assert right[0].score > swapped[0].score


class TestDatesAndNumbers:
    @pytest.fixture(autouse=True)
    def _people(self, db):
        put_on_the_list(
            [
                a_person("Johnson, Alice", dob="1987-05-12", document_number="AB-1234567"),
                a_person("Johnson, Alice", dob="1990-11-30", document_number="CD-7654321"),
                a_person("Smith, Bob", document_number="1O0-55-77"),
                *map(a_person, FILLERS),
            ]
        )

    @pytest.mark.parametrize(
        ("q", "verdict"),
        [
            ("alice johnson 1987-05-12", "same"),
            ("alice johnson 05.12.1987", "similar"),
            ("alice johnson 13.05.1987", "similar"),
            ("jonson 12.05.1987", "same"),
            ("12.05.1987", "same"),
        ],
    )
    def test_the_birth_date_decides_also_with_one_error(self, q, verdict):
        first, *_ = found(q)

        assert first.customer.dob == date(1987, 5, 12)
        assert {why.field: why.verdict for why in first.why}["dob"] == verdict

    @pytest.mark.parametrize(
        "number",
        [
            "AB1234567",
            "ab 1234567",
            "AB1234568",
            "AB123456",
            "AB12345677",
            "AB1243567",
            "BA1234567",
        ],
    )
    def test_the_number_decides_also_with_one_error(self, number):
        assert found(document_number=number)[0].customer.document_number == "AB-1234567"
        assert found(f"alise jonson {number}")[0].customer.document_number == "AB-1234567"

    def test_signs_that_look_alike_are_alike(self):
        assert shown(found("I00 55 77")) == shown(found("1005577")) == ["Smith, Bob"]

    def test_a_piece_of_a_number_finds_it(self):
        assert shown(found("7654321"))[:1] == ["Johnson, Alice"]

    def test_another_birth_date_speaks_against(self):
        (same, *_), (other, *_) = (
            found("alice johnson 1987-05-12"),
            found("alice johnson 1955-01-01"),
        )

        assert same.score > other.score
        assert {why.field: why.verdict for why in other.why}["dob"] == "differs"


class TestNamesakes:
    def test_they_do_not_push_out_others(self):
        put_on_the_list(
            [a_person("Garcia, Maria")] * 30 + [a_person(f"Garcia, Mari{end}") for end in "okln"]
        )

        hits = found("maria garcia", limit=10)

        assert len(hits) == 10
        assert set(shown(hits)) == {f"Garcia, Mari{end}" for end in "aokln"}
        assert shown(hits)[:6] == ["Garcia, Maria"] * 6
        assert [hit.also_named for hit in hits] == [24] * 6 + [0] * 4

    def test_all_of_them_are_counted_however_many(self):
        put_on_the_list([a_person("Garcia, Maria")] * 350 + [a_person("Garcia, Mario")])

        hits = found("maria garcia", limit=5)

        assert hits[0].also_named == 350 - 4
        assert shown(hits) == ["Garcia, Maria"] * 4 + ["Garcia, Mario"]

    def test_the_one_with_the_birth_date_stands_for_them(self):
        people = [a_person("Garcia, Maria", dob=f"19{50 + n}-01-01") for n in range(30)]
        put_on_the_list(people)

        first, *others = found("maria garcia 1965-01-01", limit=5)

        assert first.customer.dob == date(1965, 1, 1)
        assert first.also_named == 30 - 1 - len(others)


@pytest.mark.usefixtures("_people")
class TestOrder:
    def test_scores_fall_and_the_same_question_has_the_same_answer(self):
        for q in ("jones", "johnson alice", "jo", "maria", "Filler Person"):
            hits = found(q, limit=20)

            scores = [hit.score for hit in hits]
            assert scores == sorted(scores, reverse=True)
            assert [hit.customer.entity_uid for hit in found(q, limit=20)] == [
                hit.customer.entity_uid for hit in hits
            ]

    def test_the_order_does_not_depend_on_who_was_stored_first(self):
        before = shown(found("jones", limit=20))
        for uid in Customer.objects.values_list("pk", flat=True)[::2]:
            Customer.objects.filter(pk=uid).update(is_held=True)

        assert shown(found("jones", limit=20)) == before

    @pytest.mark.parametrize("limit", [1, 2, 3, 7])
    def test_no_more_than_the_limit(self, limit):
        assert len(found("jones", limit=limit)) <= limit
        assert shown(found("jones", limit=limit)) == shown(found("jones", limit=20))[:limit]


@pytest.mark.usefixtures("_people")
class TestWhoSeesMaskedValues:
    def whole(self, q):
        return shown(found(q, is_whole_only=True))

    @pytest.mark.parametrize("q", ["joh", "johns", "johnso", "alexandropoul", "j", "jo", "al"])
    def test_beginnings_find_nobody(self, q):
        assert self.whole(q) == []

    def test_whole_words_do_and_one_letter_may_be_wrong_in_long_ones(self):
        assert self.whole("johnson alice") == ["Johnson, Alice"]
        assert self.whole("jonson alice") == ["Johnson, Alice"]


@pytest.mark.parametrize(
    ("held", "q"),
    [
        ("김, 희슬", "Kim Hee-seul"),
        ("Kim, Heeseul", "Kim Hee-sul"),
        ("Kim, Hee-seul", "Kim Heesul"),
        ("Al-Zoubi, Ibrahim", "Ibrahim Alzubi"),
        ("Al-Zoubi, Ibrahim", "Ibrahim Alzabi"),
    ],
)
def test_a_word_joined_or_split_may_sound_a_little_otherwise(held, q):
    put_on_the_list([a_person(held), *map(a_person, FILLERS)])

    assert shown(found(q)) == [held]


@pytest.mark.parametrize(
    ("held", "q"),
    [
        ("الغنام, نسرين", "الغنام نسرسن"),  # the wrong letter decides on the vowels
        ("رشام, ابراهيم", "ابراهيبم رشام"),
        ("الحموي, منى", "منى اللحموي"),
        ("الجدع, زهراء", "زهراءالجدع"),  # a blank left out
        ("مشا, کرانه", "کرانهمشا"),
        ("مقلاتي, السعيد", "السعيد مقل اتي"),  # a blank too many
        ("الحميد, جلينجد", "جلينجد الح ميد"),
        ("דמז, איה", "איה דיז"),
        ("ゴトウ, ふみこ", "FumikoGotou"),
    ],
)
def test_errors_are_mended_in_the_script_they_were_made_in(held, q):
    put_on_the_list([a_person(held), *map(a_person, FILLERS)])

    assert shown(found(q)) == [held]


def test_likes_of_somebody_are_looked_for_as_if_it_were_not_on_the_list():
    put_on_the_list([a_person("Huebr, Lutz"), a_person("Huber, Lutz"), *map(a_person, FILLERS)])
    question = Question(surname="Huebr", name="Lutz")

    with_itself = search_for(question, mode="fuzzy", limit=5, today=TODAY)
    (twin,) = search_for(question, mode="fuzzy", limit=5, today=TODAY, but=uid_of(1))

    assert shown(with_itself)[0] == "Huebr, Lutz"
    assert twin.customer.surname == "Huber"
    assert twin.score > 0.5


def test_the_work_is_the_same_when_asked_to_be():
    put_on_the_list([a_person(shown) for shown in NAMES])

    there = search_for(
        Question(q="johnson alice"), mode="fuzzy", limit=5, today=TODAY, is_thorough=True
    )

    assert shown(there)[:1] == ["Johnson, Alice"]
