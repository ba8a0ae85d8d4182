"""Worked examples of search, on the sample: what is asked, who is found, how likely and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from customers import merging
from customers.loading import load_sample
from customers.models import Customer, CustomerState
from customers.rows import CustomerRow
from customers.sample_data import sample
from customers.search import index as search_index
from customers.search.hits import Hit, Question, Why
from customers.search.search import search_for
from events.errors import Refused
from events.principal import Act

LIMIT = 4
# So that an example reads the same every day.
TODAY = date(2026, 1, 1)
SIGNS = {"same": "=", "similar": "≈", "differs": "≠", "missing": "–"}
FIELD_WORDS = {"dob": "birth date", "document_number": "document", "display_name": "name"}

# Carito Herrera married: the record at another counter has her earlier name.
MERGED, INTO = ("Herrera", "Carito"), ("Rey", "Carito")

INTRODUCTION = """# Search, by example

Made by `manage.py search_examples --write docs/search-examples.md` from the sample data, in which
everybody is invented; a test keeps it in step. How the answers come about: [search.md](search.md).

Each table shows the first answers, up to {limit}. **Score** is the likelihood that this is the
person who was meant. **Why**, field by field: `=` the same, `≈` similar (what was asked → what is
held), `≠` different; a field that nothing was asked about is left out. The list has {people}
people: on a longer one a name is shared by more, and the scores of names alone are lower.
"""


@dataclass(frozen=True, slots=True)
class Example:
    title: str
    said: str
    question: Question


def _q(title: str, said: str, q: str) -> Example:
    return Example(title, said, Question(q=q))


EXAMPLES: tuple[Example, ...] = (
    _q(
        "A name",
        "Case does not matter, nor which name comes first. Since she is on the list, it is hardly "
        "somebody whose names are both written differently.",
        "alice JOHNSON",
    ),
    _q(
        "A letter missing",
        "One is written so but for a letter, the other for two.",
        "Gwerdr Holger",
    ),
    _q("Two letters swapped", "A slip of the fingers.", "Melissza Vraady"),
    _q(
        "Surname and name swapped",
        "Somebody entered the same person twice, once the wrong way round. People who cannot be "
        "told apart by what was asked have the same score.",
        "Emily Rheault",
    ),
    _q("Half of a name", "What was not asked for counts little against anybody.", "klaus hafner"),
    _q("While typing", "The last word may be a beginning.", "iglesias adr"),
    _q("An initial", "", "N. Berg"),
    _q("A short form", "From a table that can be replaced or left out.", "Bob Prince"),
    _q("Written together", "Two words of the name are one of the question.", "klauspeter hafner"),
    _q("Written apart", "And the other way round; a hyphen is like a blank.", "St Amand La ron"),
    _q("Apostrophes and accents", "They make no difference.", "sean oconnor"),
    _q("Umlauts written out", "", "Joerg Sommer"),
    _q("Letters of one language", "æ and ð.", "snaelaugsson indridi"),
    _q("Greek in Latin letters", "", "Alexopoulos Dionysis"),
    _q("Cyrillic in Latin letters", "As one who speaks English hears it.", "Maxim Bazylevych"),
    _q(
        "Arabic in Latin letters",
        "With the article, and vowels that are not written.",
        "Ibrahim Al-Zoubi",
    ),
    _q("Chinese in Latin letters", "", "Niu Boyu"),
    _q("Korean in Latin letters", "With a hyphen between the syllables.", "Kim Hui-Seul"),
    _q("Latin letters in Cyrillic", "Both are compared in the same form.", "Норберт Берг"),
    _q("A birth date beside half a name", "Any usual form of a date.", "garcia 30.8.1979"),
    _q("A birth date in words", "", "garcia August 30, 1979"),
    _q("A birth date alone", "Few share one.", "1990-11-05"),
    _q("A birth year", "", "norbert berg 1964"),
    _q("Day and month swapped", "", "phillips janett 12.1.1968"),
    _q("One digit of the birth date wrong", "", "timika moss 1952-02-17"),
    _q(
        "Another birth date",
        "It speaks against her, but on so short a list nobody else has that name.",
        "timika moss 1987-11-23",
    ),
    _q("A document number", "However it is grouped.", "zzus 550-9385"),
    _q("One sign of the document number wrong", "", "ZZUS5509386"),
    _q("O for 0", "", "ZZUS55O9385"),
    _q("The document is right, the name is not", "", "Catherine Bush ZZUS5509385"),
    Example(
        "Field by field",
        "As `match/` asks, and the form of a new customer. A birth date that is no date counts as "
        "far as it goes.",
        Question(surname="Falone", name="Mercury", dob="1986-04-0", document_number="ZZIT8670981"),
    ),
    _q("Two people of one name", "Only one of them has a birth date: ask for it.", "josue diaz"),
    _q(
        "The same two, with the birth date",
        "What is missing says nothing, but who has that very date is it.",
        "josue diaz 2001-01-29",
    ),
    _q(
        "The name of a merged record",
        "Herrera, Carito was merged into Rey, Carito.",
        "carito herrera",
    ),
    _q("A stranger", "Robert Prince is on the list, but has another surname.", "Robert Kowalczyk"),
    _q("Nonsense", "", "asdfgh qwxyz"),
    _q("Words of no name", "", "purple invoice tomorrow"),
)


class NotTheSample(Refused):
    """The examples are about the sample alone."""

    code = "not_the_sample"


def written_examples(act: Act) -> str:
    """The page. Loads and merges: call it in a transaction that is rolled back. Raises
    NotTheSample."""
    _check_sample_only()
    load_sample(act)
    _merge(act)
    search_index.rebuild(act)
    people = Customer.objects.filter(state=CustomerState.LISTED).count()
    introduction = INTRODUCTION.format(limit=LIMIT, people=people)
    return "\n".join([introduction, *map(_section, EXAMPLES)])


def _check_sample_only() -> None:
    known = {history.entity_uid for history in sample()}
    others = Customer.objects.filter(state=CustomerState.LISTED).exclude(entity_uid__in=known)
    if others.exists():
        raise NotTheSample(
            "Others than the sample's people are listed here, and would be among the answers. Use "
            "a database without them."
        )


def _merge(act: Act) -> None:
    merging.merge_customers(act, survivor=_uid_of(INTO), loser=_uid_of(MERGED))


def _uid_of(names: tuple[str, str]) -> UUID:
    surname, name = names
    found: UUID = Customer.objects.values_list("entity_uid", flat=True).get(
        surname=surname, name=name
    )
    return found


def _section(example: Example) -> str:
    hits = search_for(example.question, mode="fuzzy", limit=LIMIT, today=TODAY)
    said = f" {example.said}" if example.said else ""
    return "\n".join(
        [f"## {example.title}\n", f"{_asked(example.question)}{said}\n", *_table(hits)]
    )


def _asked(question: Question) -> str:
    if question.q:
        return f"`{question.q}`"
    fields = ("surname", "name", "dob", "document_number")
    given = [(name, value) for name in fields if (value := getattr(question, name))]
    return " ".join(f"{FIELD_WORDS.get(name, name)} `{value}`" for name, value in given)


def _table(hits: Sequence[Hit]) -> Iterator[str]:
    if not hits:
        yield "Nobody.\n"
        return
    yield "| score | who | born | document | why |"
    yield "|---|---|---|---|---|"
    for hit in hits:
        yield f"| {hit.score:.2f} | {_who(hit)} | {_reasons(hit.why)} |"
    yield ""


def _who(hit: Hit) -> str:
    held: CustomerRow = hit.customer
    also = f" (and {hit.also_named} more of this name)" if hit.also_named else ""
    born = held.dob.isoformat() if held.dob else ""
    return f"{held.shown_name}{also} | {born} | {held.document_number or ''}"


def _reasons(whys: Sequence[Why]) -> str:
    return ", ".join(map(_reason, whys))


def _reason(why: Why) -> str:
    field, sign = FIELD_WORDS.get(why.field, why.field), SIGNS[why.verdict]
    if why.verdict in ("same", "missing"):
        return f"{field} {sign}"
    return f"{field} {sign} {why.query} → {why.value or ''}".rstrip()
