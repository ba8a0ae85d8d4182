"""Which state of an entity a caller has seen: ETag out, If-Match and If-None-Match in."""

from django.utils.http import parse_etags
from rest_framework.request import Request

MASKED_SUFFIX = "-masked"


def etag_of(digest: bytes | None, *, is_masked: bool) -> str:
    """The head's digest: a late event changes it, too. The masked view is another document."""
    return f'"{(digest or b"").hex()}{MASKED_SUFFIX if is_masked else ""}"'


def is_unchanged(request: Request, etag: str) -> bool:
    """May the answer be 304? Weak comparison, as RFC 9110 has it for If-None-Match."""
    sent = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in sent or etag in (tag.removeprefix("W/") for tag in sent)


def if_match(request: Request) -> str | None:
    """The digest that the write expects; None = any. Only one tag is understood: of several, of a
    weak one or of none that can be read it is one that no entity has."""
    header = request.headers.get("If-Match")
    if header is None:
        return None
    tags = parse_etags(header)
    if tags == ["*"]:
        return None
    return tags[0].strip('"') if len(tags) == 1 else ""
