"""A statement that is a whole transaction, sent past the cursors."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from events import sql
from events.alone import Alone

pytestmark = pytest.mark.django_db(transaction=True)

ADD = Alone(
    b"test_alone_add",
    """INSERT INTO alone_row (uid, at, number, digest, words, uids)
    VALUES (%(uid)s, %(at)s, %(number)s, %(digest)s, %(words)s::text[], %(uids)s::uuid[])""",
)
UID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
ROW = {
    "uid": UID,
    "at": datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=UTC),
    "number": 7,
    "digest": b"\x00\xff",
    "words": ['a "quoted" {word}', "back\\slash", "", "NULL"],
    "uids": [UID],
}


@pytest.fixture(autouse=True)
def table(db) -> Iterator[None]:
    sql.execute(
        "CREATE TABLE alone_row (uid uuid PRIMARY KEY, at timestamptz, number int, digest bytea,"
        " words text[], uids uuid[])"
    )
    yield
    sql.execute("DROP TABLE alone_row")


def rows() -> list[tuple]:
    return sql.fetch("SELECT uid, at, number, digest, words, uids FROM alone_row")


def test_each_kind_of_value_arrives_as_it_was():
    ADD.execute(ROW)

    assert rows() == [tuple(ROW.values())]


def test_nothing_and_nobody_arrive_too():
    ADD.execute({"uid": UID, "at": None, "number": None, "digest": None, "words": [], "uids": []})

    assert rows() == [(UID, None, None, None, [], [])]


def test_it_is_committed_when_it_returns():
    ADD.execute(ROW)
    connection.close()

    assert len(rows()) == 1


def test_a_new_connection_learns_it_anew():
    ADD.execute(ROW)
    connection.close()
    ADD.execute({**ROW, "uid": UUID(int=2)})

    assert len(rows()) == 2


def test_it_is_prepared_again_when_the_connection_forgot_it():
    ADD.execute(ROW)
    sql.execute("DEALLOCATE ALL")
    ADD.execute({**ROW, "uid": UUID(int=2)})

    assert len(rows()) == 2


def test_in_a_transaction_it_is_a_part_of_it():
    with transaction.atomic():
        ADD.execute(ROW)
        transaction.set_rollback(True)

    assert rows() == []


def test_who_listens_at_the_cursors_hears_it(django_assert_num_queries):
    heard = []

    def listen(execute, *args):
        heard.append(args[0])
        return execute(*args)

    with connection.execute_wrapper(listen):
        ADD.execute(ROW)
    with django_assert_num_queries(1):
        ADD.execute({**ROW, "uid": UUID(int=2)})

    assert heard == [ADD.statement]


def test_errors_are_those_of_django_and_leave_the_connection_usable():
    ADD.execute(ROW)

    with pytest.raises(IntegrityError) as refused:
        ADD.execute(ROW)
    assert refused.value.__cause__.sqlstate == "23505"
    assert len(rows()) == 1


def test_a_text_that_no_database_can_hold_is_refused_whole():
    with pytest.raises(DataError):
        ADD.execute({**ROW, "words": ["half\x00"]})
    assert rows() == []


def test_a_connection_that_is_gone_is_an_error_and_nothing_is_tried_twice():
    ADD.execute(ROW)
    connection.connection.pgconn.finish()

    with pytest.raises(OperationalError):
        ADD.execute({**ROW, "uid": UUID(int=2)})

    connection.close()
    assert len(rows()) == 1
