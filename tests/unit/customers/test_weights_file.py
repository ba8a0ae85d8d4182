"""Other weights come from a file; one that is wrong is refused when the process starts."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from customers.search.candidates import nets_for
from customers.search.query_reading import Query
from customers.search.weights import DEFAULT
from customers.search.weights_file import weights_in_use
from sins.checks import check_weights


@pytest.fixture
def weights_from(settings, tmp_path):
    """Puts a text into the file and forgets what was read before."""

    def put(text: str) -> None:
        file = tmp_path / "weights.json"
        file.write_text(text)
        settings.MATCH_WEIGHTS_FILE = str(file)
        weights_in_use.cache_clear()

    weights_in_use.cache_clear()
    yield put
    weights_in_use.cache_clear()


def test_without_a_file_the_weights_are_the_defaults(weights_from):
    assert weights_in_use() is DEFAULT
    assert check_weights(None) == []


def test_the_file_says_what_differs_and_search_goes_by_it(weights_from):
    weights_from('{"version": "mine", "dob_same": 12.5}')

    assert (weights_in_use().version, weights_in_use().dob_same) == ("mine", 12.5)
    assert weights_in_use().document_same == DEFAULT.document_same
    nobody = Query(words=(), clues=())
    assert nets_for(nobody, people=1000).lexicon.weights is weights_in_use()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "is no object with a version"),
        ('{"dob_same": 1}', "is no object with a version"),
        ('{"version": "1", "dob_some": 1}', "has dob_some wrong"),
        ('{"version": "1", "dob_same": "14"}', "has dob_same wrong"),
        ('{"version": "1", "dob_same": true}', "has dob_same wrong"),
        ('{"version": "1", "dob_same": null}', "has dob_same wrong"),
        ('{"version": "1", "on_list": 0}', "has on_list wrong"),
        ('{"version": "1", "on_list": 1}', "has on_list wrong"),
        ('{"version": "1", "slope": 0}', "has slope wrong"),
    ],
)
def test_a_file_that_is_wrong_is_refused(weights_from, text, said):
    weights_from(text)

    with pytest.raises(ImproperlyConfigured, match=said):
        weights_in_use()
    assert [message.id for message in check_weights(None)] == ["sins.E005"]
