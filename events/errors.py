"""What a caller may be told: anticipated refusals, raised beside the rule that makes them."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """An anticipated no. `detail` is a sentence for the caller, `code` a word for programs,
    `status` a hint for HTTP; `extra` is shown beside them. `retry_after_s`: when asking again
    makes sense; None = not by waiting."""

    code = "refused"
    status = 400
    retry_after_s: int | None = None

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        status: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.status = status or self.status
        self.extra = dict(extra or {})


class InvalidCursor(Refused):
    """The cursor is none of ours, or what it points at was erased meanwhile."""

    code = "invalid_cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is not valid. Start again without it.")
