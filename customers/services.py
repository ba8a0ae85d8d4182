"""Writes to customers: the registry's rules, then the services of entities do the work.

Values come as the registry names them ({"surname": …}), a missing key meaning "not said". Every
service writes one audit entry, in the transaction of its events.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from customers import queries
from customers.person_rules import DuplicateDocument
from customers.queries import CustomerDeleted, CustomerNotFound
from customers.rows import CustomerRow
from customers.rules import (
    CODE_OF_KEY,
    CORE_CODES,
    NO_TEXT,
    PERSON,
    Errors,
    check_value,
)
from entities import queries as entity_queries
from entities import refusals, vocabulary
from entities import services as entities
from entities.refusals import Invalid
from entities.services import Creation, DetailChange
from entities.values import canonical_detail
from events.event import InvalidValue
from events.principal import Act


def create_customer(
    act: Act,
    *,
    values: Mapping[str, Any],
    extra_fields: Mapping[str, Any] | None = None,
    allow_duplicate: bool = False,
    entity_uid: UUID | None = None,
    reason: str | None = None,
) -> Creation:
    """A new customer; with an id that exists and the same content nothing happens.

    Raises Invalid, DuplicateDocument and what `entities.services.create_entity` raises.
    """
    given = _clean(values)
    changes = [*_core_changes(given), *_extra_changes(extra_fields, held=dict)]
    with in_registry_words():
        return entities.create_entity(
            act,
            entity_type=PERSON,
            details=changes,
            entity_uid=entity_uid,
            reason=reason,
            overriding=_overriding(allow_duplicate=allow_duplicate),
        )


def replace_customer(
    act: Act,
    *,
    entity_uid: UUID,
    values: Mapping[str, Any],
    extra_fields: Mapping[str, Any] | None = None,
    allow_duplicate: bool = False,
    if_match: str | None = None,
) -> None:
    """The whole customer: what is not said becomes null. Without `extra_fields` those stay.

    Raises as `change_customer` does.
    """
    whole = {**dict.fromkeys(CODE_OF_KEY), **values}
    held = queries.get_customer(uid=entity_uid)
    if extra_fields is not None:
        extra_fields = {**dict.fromkeys(held.extra_fields), **_keys(extra_fields)}
    _change(act, held, whole, extra_fields, allow_duplicate, if_match)


def change_customer(
    act: Act,
    *,
    entity_uid: UUID,
    values: Mapping[str, Any],
    extra_fields: Mapping[str, Any] | None = None,
    allow_duplicate: bool = False,
    if_match: str | None = None,
    reason: str | None = None,
) -> None:
    """Only what is said; null removes a value. `if_match`: the digest that the caller has seen.

    Raises Invalid, DuplicateDocument, CustomerNotFound, CustomerDeleted, CustomerMerged,
    CustomerErased, entities.refusals.Stale.
    """
    held = queries.get_customer(uid=entity_uid)
    _change(act, held, values, extra_fields, allow_duplicate, if_match, reason)


def delete_customer(
    act: Act, *, entity_uid: UUID, reason: str | None = None, if_match: str | None = None
) -> None:
    """Takes the customer off the list; the history stays. Raises as `change_customer` does."""
    queries.get_customer(uid=entity_uid)
    try:
        entities.delete_entity(act, entity_uid=entity_uid, reason=reason, if_match=if_match)
    except refusals.NotFound as error:  # somebody else was faster
        raise CustomerDeleted from error


def restore_customer(
    act: Act, *, entity_uid: UUID, reason: str | None = None, if_match: str | None = None
) -> None:
    """Brings a deleted customer back as it was; a listed one stays as it is.

    Raises CustomerNotFound, CustomerMerged, CustomerErased, entities.refusals.Stale.
    """
    customer = queries.find_customer(uid=entity_uid)
    if customer is None:
        raise CustomerNotFound
    with suppress(CustomerDeleted):
        queries.check_listed(customer)
    entities.restore_entity(act, entity_uid=entity_uid, reason=reason, if_match=if_match)


def _change(
    act: Act,
    held: CustomerRow,
    values: Mapping[str, Any],
    extra_fields: Mapping[str, Any] | None,
    allow_duplicate: bool,
    if_match: str | None,
    reason: str | None = None,
) -> None:
    given = _clean(values)
    changes = [
        *_core_changes(given),
        *_extra_changes(extra_fields, held=lambda: _all_values(held.entity_uid)),
    ]
    try:
        with in_registry_words():
            entities.update_entity(
                act,
                entity_uid=held.entity_uid,
                details=changes,
                if_match=if_match,
                reason=reason,
                overriding=_overriding(allow_duplicate=allow_duplicate),
            )
    except refusals.Deleted as error:  # deleted between our look and the lock
        raise CustomerDeleted from error


def _overriding(*, allow_duplicate: bool) -> Collection[str]:
    return (DuplicateDocument.code,) if allow_duplicate else ()


@contextmanager
def in_registry_words() -> Iterator[None]:
    """What entities refuse, said with the registry's keys instead of codes."""
    try:
        yield
    except Invalid as error:
        raise Invalid(_in_keys(error.errors)) from error


def _in_keys(errors: Mapping[str, Iterable[str]]) -> Errors:
    key_of_code = {code: key for key, code in CODE_OF_KEY.items()}
    named: Errors = {}
    for code, sentences in errors.items():
        if code in key_of_code:
            named.setdefault(key_of_code[code], []).extend(sentences)
        elif code == "details":
            named.setdefault("extra_fields", []).extend(sentences)
        elif not code.isupper():  # the display name, the reason, …
            named.setdefault("non_field_errors", []).extend(sentences)
        else:
            shown = [f"{code.lower()}: {sentence}" for sentence in sentences]
            named.setdefault("extra_fields", []).extend(shown)
    return named


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The four values as they are stored. Raises Invalid, with all that is wrong."""
    errors: Errors = {key: ["Unknown field."] for key in values if key not in CODE_OF_KEY}
    cleaned: dict[str, Any] = {}
    for key in CODE_OF_KEY.keys() & values.keys():
        code, value = CODE_OF_KEY[key], values[key]
        try:
            cleaned[key] = canonical_detail(code, value) if isinstance(value, str) else value
            found = check_value(code, cleaned[key])
        except InvalidValue as error:
            found = [str(error)]
        if found:
            errors[key] = found
    if errors:
        raise Invalid(errors)
    return cleaned


def _core_changes(values: Mapping[str, Any]) -> list[DetailChange]:
    return [DetailChange(CODE_OF_KEY[key], values[key]) for key in sorted(values)]


def _all_values(uid: UUID) -> dict[str, Any]:
    """Extra ones by key, those of hidden fields, too."""
    now = entity_queries.current([uid]).get(uid)
    details = now.details.items() if now else ()
    return {code.lower(): value for code, value in details if code not in CORE_CODES}


def _extra_changes(
    extra_fields: Mapping[str, Any] | None, *, held: Callable[[], Mapping[str, Any]]
) -> list[DetailChange]:
    """Raises Invalid, naming the known keys, for a key that is none of them; a value that
    stands already (`held`, asked only then) may stay or go."""
    if not extra_fields:
        return []
    given = _keys(extra_fields)
    known = {code.lower() for code in vocabulary.known_codes() - CORE_CODES}
    unknown = sorted(given.keys() - known)
    standing = held() if unknown else {}
    unknown = [
        key for key in unknown if key not in standing or given[key] not in (None, standing[key])
    ]
    if unknown:
        sentence = (
            f"Unknown keys: {', '.join(key[:64] for key in unknown)}. "
            f"Known keys: {', '.join(sorted(known))}."
        )
        raise Invalid({"extra_fields": [sentence]})
    return [DetailChange(key.upper(), _empty_is_null(given[key])) for key in sorted(given)]


def _keys(extra_fields: Mapping[str, Any]) -> dict[str, Any]:
    """Keys as the map view shows them. Raises Invalid for one that is there twice."""
    named: dict[str, Any] = {}
    for key, value in extra_fields.items():
        form = key.strip().lower().replace("-", "_")
        if form in named:
            raise Invalid({"extra_fields": [f"{form[:64]}: Given twice."]})
        if isinstance(value, list | dict):
            raise Invalid({"extra_fields": [f"{form[:64]}: {NO_TEXT}"]})
        named[form] = value
    return named


def _empty_is_null(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value
