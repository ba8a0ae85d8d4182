"""Who may be meant: people with such words in their names, that birth date or that number.

Nets are thrown one after the other, the finest first; the caller stops when somebody fits. Each is
one statement with a limit of its own, whatever is asked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations, pairwise
from typing import Any

from customers.nicknames import variants
from customers.queries import selecting
from customers.search.documents import neighbours
from customers.search.lexicon import MAX_WORDS, MOST_WORDS, Lexicon, Meant
from customers.search.other_readings import is_unvowelled, misspelled
from customers.search.query_reading import Query
from customers.search.ranking import MOST, MOST_NAMESAKES, Candidate, candidate_of
from customers.search.vocabulary import look_up
from customers.search.weights_file import weights_in_use
from customers.search.words import array_of
from customers.text_forms import is_latin
from events import sql

# How many bearers of a single word are looked through.
FEW_BEARERS = 3_000
# Of whom one word is sure, the others are compared by letters: so many may be looked through.
MOST_OF_SURE_WORD = 1_500
SHORTEST_NARROWING = 3  # initials narrow nothing down, they only score
SHORTEST_HALF = 3
MAX_PAIRS = 3
MAX_SINGLE = 2
MAX_HALVES = 24  # ways to split the words into two, of all of them

COMPARED = "entity_uid, word_ids, search_text, dob, document_key, sort_key"

# People who have a word of each set, those with the likeliest words first, but of one name only so
# many as leave room for others. Who is not listed has no words. With them comes what a page shows,
# since this net is the first, and mostly the only one, and brings a few.
BY_TWO_WORDS_SQL = selecting(
    f"""
SELECT customer.{COMPARED.replace(", ", ", customer.")}, COLUMNS FROM (
    SELECT entity_uid FROM (
        SELECT *, row_number() OVER (
            PARTITION BY word_ids ORDER BY is_day DESC, dob, entity_uid
        ) AS place FROM (
            SELECT entity_uid, word_ids, dob,
                coalesce(dob = ANY(%(days)b::date[]), false) AS is_day
            FROM customers_customer
            WHERE word_ids && (SELECT %(one)b::text::int4[])
                AND word_ids && (SELECT %(other)b::text::int4[])
        ) AS found
    ) AS placed
    ORDER BY place > {MOST_NAMESAKES}, icount(word_ids & (SELECT %(best)b::text::int4[])) DESC,
        is_day DESC
    LIMIT {MOST}
) AS best JOIN customers_customer customer USING (entity_uid)
"""  # noqa: S608
)

# The same without an order: whom few are, all are taken.
ALL_BY_TWO_WORDS_SQL = selecting(
    f"""
SELECT customer.{COMPARED.replace(", ", ", customer.")}, COLUMNS FROM customers_customer customer
WHERE customer.word_ids && (SELECT %(one)b::text::int4[])
    AND customer.word_ids && (SELECT %(other)b::text::int4[])
LIMIT {MOST}
"""  # noqa: S608
)

# As with two words, but all have the same one: who of them comes first does not matter. Said twice,
# it looks rare enough to the planner, who would else read the table until it has enough.
BY_ONE_WORD_SQL = f"""
SELECT {COMPARED} FROM customers_customer
WHERE word_ids && (SELECT %(one)b::text::int4[])
    AND word_ids && (SELECT %(one)b::text::int4[])
LIMIT {MOST}
"""  # noqa: S608

BY_SURE_WORD_SQL = BY_ONE_WORD_SQL.replace(f"LIMIT {MOST}", f"LIMIT {MOST_OF_SURE_WORD}")

BY_DAY_SQL = f"""
SELECT {COMPARED} FROM customers_customer
WHERE state = 'listed' AND dob = ANY(%(days)b::date[])
ORDER BY icount(word_ids & %(words)b::text::int4[]) DESC NULLS LAST, sort_key, entity_uid
LIMIT {MOST}
"""  # noqa: S608

BY_DAY_AND_WORD_SQL = f"""
SELECT {COMPARED} FROM customers_customer
WHERE dob = ANY(%(days)b::date[]) AND word_ids && (SELECT %(words)b::text::int4[]) LIMIT {MOST}
"""  # noqa: S608

BY_YEAR_SQL = f"""
SELECT {COMPARED} FROM customers_customer
WHERE state = 'listed' AND dob BETWEEN %(first)b::date AND %(last)b::date
ORDER BY dob, entity_uid LIMIT {MOST}
"""  # noqa: S608

BY_TEXT_SQL = f"""
SELECT {COMPARED} FROM customers_customer
WHERE state = 'listed' AND word_ids IS NULL AND search_text %%> %(names)b::text LIMIT {MOST}
"""  # noqa: S608

BY_DOCUMENT_SQL = f"""
SELECT {COMPARED} FROM customers_customer
WHERE state = 'listed' AND document_key = ANY(%(documents)b::text[])
ORDER BY entity_uid LIMIT {MOST}
"""  # noqa: S608

# Planned for the very number: PostgreSQL would read the table for parts that it does not know.
BY_PART_OF_DOCUMENT_SQL = f"""
SELECT {COMPARED} FROM customers_customer
WHERE state = 'listed' AND search_text LIKE %(part)b::text LIMIT {MOST}
"""  # noqa: S608


@dataclass(slots=True)
class Nets:
    """The ways to come from one query to candidates; each is thrown when it is asked for.
    `is_thorough`: which statements these are depends on the query alone, not on who is listed."""

    query: Query
    lexicon: Lexicon
    meant: list[Meant]
    is_thorough: bool = False
    is_indexed: bool = True

    def fine(self) -> Iterator[Candidate]:
        """Nearly everybody who is on the list is among these."""
        yield from self._by_clues()
        yield from self._by_best_words()
        yield from self._by_joined(_hyphenated(self.query))
        if not self.is_indexed:
            yield from self._by_text()

    def wide(self) -> Iterator[Iterator[Candidate]]:
        """For wrong dates and numbers, words that do not belong, words wrongly joined or split."""
        yield self._by_documents_alike()
        yield self._by_days_alike()
        yield self._by_joined_words()
        yield self._by_other_words()
        yield self._by_split_words()

    def widest(self) -> Iterator[Iterator[Candidate]]:
        """For words with several letters wrong, and those of whom one word is known."""
        yield self._by_words_less_alike()
        yield self._by_single_words()
        yield self._by_parts_of_documents()

    def _by_clues(self) -> Iterator[Candidate]:
        documents = _documents(self.query)
        if documents:
            yield from _people(BY_DOCUMENT_SQL, documents=documents)
        days = sorted(_days(self.query))
        if days:
            yield from _people(BY_DAY_SQL, days=days, words=self._all_words())
        year = next((clue.year for clue in self.query.clues if clue.year), None)
        if year and not self.query.words and not self.query.is_whole_only:
            first, last = date(year, 1, 1), date(year, 12, 31)
            yield from _people(BY_YEAR_SQL, first=first, last=last)

    def _by_text(self) -> Iterator[Candidate]:
        """Those whose words nobody has written down yet, by letters."""
        if self.query.words:
            names = " ".join(word.text for word in self.query.words)
            yield from map(candidate_of, sql.fetch_bound(BY_TEXT_SQL, {"names": names}))

    def _by_best_words(self) -> Iterator[Candidate]:
        narrowing = self._narrowing()
        if len(narrowing) > 1:
            yield from self._by_two_words(narrowing[0], narrowing[1])
        elif narrowing:
            yield from self._by_one_word(narrowing[0])

    def _by_other_words(self) -> Iterator[Candidate]:
        narrowing = self._narrowing()
        pairs = list(combinations(narrowing, 2))[1:]
        for one, other in pairs[:MAX_PAIRS]:
            yield from self._by_two_words(one, other)

    def _by_single_words(self) -> Iterator[Candidate]:
        """Whatever the other words are: of the rarest words only who has them as they are, or
        whom few have."""
        narrowing = self._narrowing()
        if len(narrowing) > 1:
            for meant in narrowing[:MAX_SINGLE]:
                near = self.lexicon.meant_by(meant.asked, bearers_of_all=MOST) or meant
                if self.is_thorough or _are_as_asked(near) or near.bearers <= MOST:
                    yield from _people(BY_SURE_WORD_SQL, one=array_of(near.losses))

    def _by_joined_words(self) -> Iterator[Candidate]:
        """Neighbours as one word."""
        yield from self._by_joined(_neighbours(self.query))

    def _by_joined(self, joined: Iterable[tuple[str, str]]) -> Iterator[Candidate]:
        known = [(meant, pair) for pair in joined if (meant := self.meant_by("".join(pair)))]
        for meant, pair in sorted(known, key=lambda each: each[0].bearers)[:MAX_PAIRS]:
            others = [other for other in self._narrowing() if other.asked not in pair]
            if meant.bearers <= MOST or not others:
                yield from self._by_one_word(meant)
            else:
                yield from self._by_two_words(meant, others[0])

    def _by_split_words(self) -> Iterator[Candidate]:
        """A word as two that are names as they are."""
        known = ((self.meant_by(one), self.meant_by(other)) for one, other in _halves(self.query))
        whole = [
            (first.exactly, second.exactly)
            for first, second in known
            if first and second and (self.is_thorough or _are_as_asked(first, second))
        ]
        rarest = sorted(whole, key=lambda halves: min(half.bearers for half in halves))
        for first, second in rarest[:MAX_PAIRS]:
            yield from self._by_two_words(first, second)
        yield from self._by_other_readings()

    def _by_other_readings(self) -> Iterator[Candidate]:
        """Words of names as they are, had a blank been typed elsewhere."""
        known = []
        for reading in self.query.readings:
            found = [meant for text in set(reading.changed) if (meant := self.meant_by(text))]
            if reading.is_sure:
                is_each = self.is_thorough
                found = [meant.exactly for meant in found if is_each or _are_as_asked(meant)]
            if self.is_thorough or len(found) == len(set(reading.changed)):
                texts = (word.text for word in reading.words if word.text not in reading.changed)
                others = [meant for text in texts if (meant := self.meant_by(text))]
                known.append(_narrowing([*found, *others]))
        for rarest in sorted(known, key=lambda words: words[0].bearers)[:MAX_PAIRS]:
            yield from self._by_two_words(rarest[0], rarest[1 if rarest[1:] else 0])

    def _by_words_less_alike(self) -> Iterator[Candidate]:
        """As the best words, but with more letters wrong; and any word may be a beginning."""
        texts = list(dict.fromkeys(word.text for word in self.query.words))
        long = [text for text in texts if len(text) >= SHORTEST_NARROWING]
        beginnings = [] if self.query.is_whole_only else long
        joined = dict.fromkeys(map("".join, _neighbours(self.query)), 1)
        slips = {word.text: misspelled(word.typed) for word in self.query.words}
        look_up(
            self.lexicon,
            alike=joined | dict.fromkeys(texts, 2),
            whole=frozenset(chain.from_iterable(slips.values())),
            beginnings=beginnings,
        )
        self.lexicon.allow_slips(slips)
        # In place: whoever ranks what is found here has to know them.
        self.meant[:] = [meant for text in texts if (meant := self.meant_by(text, MOST_WORDS))]
        yield from self._by_best_words()
        yield from self._by_joined_words()

    def _by_days_alike(self) -> Iterator[Candidate]:
        days = {day for clue in self.query.clues for day in clue.days_alike()}
        if days and (self.meant or self.is_thorough) and not self.query.is_whole_only:
            yield from _people(BY_DAY_AND_WORD_SQL, days=sorted(days), words=self._all_words())

    def _by_documents_alike(self) -> Iterator[Candidate]:
        if not self.query.is_whole_only and (documents := _documents(self.query)):
            alike = sorted({other for text in documents for other in neighbours(text)})
            yield from _people(BY_DOCUMENT_SQL, documents=alike)

    def _by_parts_of_documents(self) -> Iterator[Candidate]:
        parts = [f"%{clue.document.lower()}%" for clue in self.query.clues if clue.document]
        if parts and not self.query.is_whole_only:
            found = sql.fetch_bound(BY_PART_OF_DOCUMENT_SQL, {"part": max(parts, key=len)})
            yield from map(candidate_of, found)

    def _all_words(self) -> str:
        return array_of(number for meant in self.meant for number in meant.losses)

    def _narrowing(self) -> list[Meant]:
        """The asked words that narrow the list down, the rarest first."""
        return _narrowing(self.meant)

    def meant_by(self, text: str, words: int = MAX_WORDS) -> Meant | None:
        found = self.lexicon.meant_by(text, words=words)
        return found or (nobodys(text) if self.is_thorough else None)

    def _by_two_words(self, one: Meant, other: Meant) -> Iterator[Candidate]:
        words = {"one": array_of(one.losses), "other": array_of(other.losses)}
        if not self.is_thorough and self._are_few(one, other):
            found = sql.fetch_prepared(ALL_BY_TWO_WORDS_SQL, words)
            if len(found) < MOST:
                return map(candidate_of, found)
        best = {meant.best for meant in self.meant} | {one.best, other.best}
        return _people(
            BY_TWO_WORDS_SQL,
            **words,
            best=array_of(best),
            days=sorted(_days(self.query)),
        )

    def _are_few(self, one: Meant, other: Meant) -> bool:
        """Would all who have both fit into a net, if each stood in names by chance?"""
        if one is other:
            return one.bearers < MOST
        return one.bearers * other.bearers < MOST * self.lexicon.people

    def _by_one_word(self, meant: Meant) -> Iterator[Candidate]:
        """Of a common word only some of the people who have just it."""
        if meant.bearers <= FEW_BEARERS:
            return self._by_two_words(meant, meant)
        return _people(BY_ONE_WORD_SQL, one=array_of(meant.exactly.losses))


def nets_for(
    query: Query, *, people: int, is_indexed: bool = True, is_thorough: bool = False
) -> Nets:
    """`is_indexed`: everybody on the list is."""
    lexicon = Lexicon(
        people=people,
        is_whole_only=query.is_whole_only,
        is_lone=len(query.words) == 1 and not query.clues,
        transliterated=frozenset(word.text for word in query.words if not is_latin(word.typed)),
        short_forms={word.text: variants(word.text) for word in query.words},
        weights=weights_in_use(),
    )
    texts = list(dict.fromkeys(word.text for word in query.words))
    if texts:
        last = query.words[-1].text
        is_beginning = len(last) > 1 and not query.is_whole_only
        joined = map("".join, _hyphenated(query))
        readings = (reading for reading in query.readings if not reading.is_sure)
        unsure = chain.from_iterable(reading.changed for reading in readings)
        look_up(
            lexicon,
            alike=dict.fromkeys([*texts, *joined, *unsure], 1),
            whole={
                *map("".join, _neighbours(query)),
                *chain.from_iterable(_halves(query)),
                *chain.from_iterable(reading.changed for reading in query.readings),
            },
            beginnings=[last] if is_beginning else (),
        )
    nets = Nets(query, lexicon, [], is_thorough, is_indexed)
    found = (nets.meant_by(text) for text in texts if len(text) > 1)
    nets.meant += [meant for meant in found if meant]
    return nets


def _narrowing(words: list[Meant]) -> list[Meant]:
    long = [meant for meant in words if len(meant.asked) >= SHORTEST_NARROWING]
    return sorted(long or words, key=lambda meant: (not meant.losses, meant.bearers))


def nobodys(text: str) -> Meant:
    """A word of no name, looked for all the same."""
    return Meant(text, {}, bearers=0, best=0)


def _are_as_asked(*words: Meant) -> bool:
    return all(word.losses[word.best] == 0 for word in words)


def _neighbours(query: Query) -> list[tuple[str, str]]:
    return list(dict.fromkeys(pairwise(word.text for word in query.words)))


def _halves(query: Query) -> list[tuple[str, str]]:
    return [
        (word.text[:at], word.text[at:])
        for word in query.words
        if not is_unvowelled(word.typed)
        for at in range(SHORTEST_HALF, len(word.text) - SHORTEST_HALF + 1)
    ][:MAX_HALVES]


def _hyphenated(query: Query) -> list[tuple[str, str]]:
    """Neighbours that were typed as one part."""
    pairs = pairwise(query.words)
    return [(one.text, other.text) for one, other in pairs if one.typed == other.typed]


def _people(statement: str, **params: Any) -> Iterator[Candidate]:
    return map(candidate_of, sql.fetch_prepared(statement, params))


def _documents(query: Query) -> list[str]:
    found = {clue.document for clue in query.clues if clue.document}
    return sorted(found | ({query.document} if query.document else set()))


def _days(query: Query) -> set[date]:
    """The dates, and each with day and month swapped, where that is a date."""
    days = {day for clue in query.clues for day in clue.dates}
    swapped = {day.replace(month=day.day, day=day.month) for day in days if day.day <= 12}
    return days if query.is_whole_only else days | swapped
