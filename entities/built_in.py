"""The detail types that are constants of this program; all others are defined by events. Pure."""

from typing import NamedTuple


class BuiltIn(NamedTuple):
    code: str
    label: str
    value_type: str
    data_class: str = "ordinary"


BUILT_IN_DETAIL_TYPES = (
    BuiltIn("SURNAME", "Surname", "text"),
    BuiltIn("NAME", "Name", "text"),
    BuiltIn("DOB", "Date of birth", "date"),
    BuiltIn("DOCUMENT_NUMBER", "Document number", "text", "identifier"),
    BuiltIn("EMAIL", "E-mail", "email"),
    BuiltIn("PHONE", "Phone", "phone"),
    BuiltIn("ADDRESS", "Address", "text"),
    BuiltIn("WEBSITE", "Website", "url"),
    BuiltIn("NOTES", "Notes", "text", "may_hold_anything"),
)
BUILT_IN_CODES = frozenset(built_in.code for built_in in BUILT_IN_DETAIL_TYPES)
