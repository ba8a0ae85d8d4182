"""One door for every search: candidates by nets of SQL, judged, put in order, rows of a page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from customers.queries import customer_row, selecting
from customers.rows import CustomerRow
from customers.search.candidates import nets_for
from customers.search.exact import search_exact
from customers.search.hits import MAX_QUERY_LENGTH, MODES, Hit, Mode, Question, Why, value_of
from customers.search.index import listed
from customers.search.query_reading import Query, read_query
from customers.search.ranking import Answer, Candidate, Ranking
from events import sql

__all__ = ["MAX_QUERY_LENGTH", "MODES", "Hit", "Mode", "Question", "Why", "search_for"]

PAGE_SQL = selecting(
    """
SELECT COLUMNS, NULL FROM customers_customer customer
WHERE customer.entity_uid = ANY((SELECT %(uids)b::uuid[])::uuid[]) AND customer.state = 'listed'
"""
)


# Where a net was full there are more of a name than were looked at. By the form in which lists are
# ordered, which tells a little more apart than search does.
NAMESAKES_SQL = """
SELECT sort_key, count(*) FROM customers_customer
WHERE state = 'listed' AND sort_key = ANY(%(keys)b::text[])
    AND entity_uid IS DISTINCT FROM %(but)b::uuid
GROUP BY sort_key
"""


def search_for(
    question: Question,
    *,
    mode: Mode,
    limit: int,
    today: date,
    but: UUID | None = None,
    is_whole_only: bool = False,
    is_thorough: bool = False,
) -> list[Hit]:
    """Listed customers, the best first; nobody when nothing fits well enough.

    `but`: the customer whose likes are looked for, as if it were not on the list; in fuzzy mode.
    `is_whole_only`: document numbers and dates match only whole and names from three letters on,
    so that nobody without full view can spell a value out by trying. `is_thorough`: the same work
    is done whether somebody fits or not.
    """
    question = question.bounded()
    if mode == "exact":
        return search_exact(question, limit=limit, is_whole_only=is_whole_only)
    query = read_query(
        q=question.q,
        surname=question.surname,
        name=question.name,
        dob=question.dob,
        document_number=question.document_number,
        today=today,
        is_whole_only=is_whole_only,
    )
    if query.is_empty:
        return []
    ranking = _ranked(query, but=but, is_thorough=is_thorough)
    answers = ranking.answers(limit=limit)
    if ranking.is_cut:
        answers = _with_all_namesakes(answers, but=but)
    rows = _rows([answer.judged.candidate for answer in answers], is_thorough=is_thorough)
    return [_hit(answer, rows) for answer in answers if answer.judged.candidate.uid in rows]


def _ranked(query: Query, *, but: UUID | None, is_thorough: bool) -> Ranking:
    there = listed()
    nets = nets_for(
        query, people=there.people, is_indexed=there.is_indexed, is_thorough=is_thorough
    )
    ranking = Ranking(query, nets.lexicon, but=but)
    ranking.add(nets.fine(), nets.meant)
    for net in nets.wide():
        if not is_thorough and ranking.is_satisfied:
            return ranking
        ranking.add(net, nets.meant)
    for net in nets.widest():
        if not is_thorough and (ranking.is_satisfied or ranking.is_nearly_satisfied):
            return ranking
        ranking.add(net, nets.meant)
    return ranking


def _with_all_namesakes(answers: list[Answer], *, but: UUID | None) -> list[Answer]:
    shown = Counter(answer.judged.candidate.sort_key for answer in answers)
    counted = dict(sql.fetch_prepared(NAMESAKES_SQL, {"keys": sorted(shown), "but": but}))
    return [
        replace(answer, also_named=max(answer.also_named, counted.get(key, 0) - shown[key]))
        for answer in answers
        for key in (answer.judged.candidate.sort_key,)
    ]


def _rows(candidates: Sequence[Candidate], *, is_thorough: bool) -> dict[UUID, CustomerRow]:
    """Those whom a net brought without are asked for."""
    found = [candidate.shown for candidate in candidates if candidate.shown]
    missing = [candidate.uid for candidate in candidates if not candidate.shown]
    if missing or is_thorough:
        found += sql.fetch_prepared(PAGE_SQL, {"uids": missing})
    rows = map(customer_row, found)
    return {row.entity_uid: row for row in rows}


def _hit(answer: Answer, rows: dict[UUID, CustomerRow]) -> Hit:
    customer = rows[answer.judged.candidate.uid]
    why = tuple(
        Why(said.field, said.verdict, said.query, value_of(customer, said.field))
        for said in answer.judged.fit.why
    )
    return Hit(customer, answer.score, why, answer.also_named)
