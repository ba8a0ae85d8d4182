"""What shipping and its two streams say to each other: a batch, taken, sent, and then kept."""

from datetime import datetime
from typing import Protocol

from audit.shipping.documents import Document
from audit.shipping.positions import SetAside


class Batch(Protocol):
    documents: list[Document]
    set_aside: list[SetAside]

    def refusal(self, document: Document, reason_code: str) -> SetAside:
        """One of its documents, as it is set aside."""

    def keep(self, *, now: datetime) -> None:
        """All of it is there or set aside: go on behind it. In a transaction of its own. Raises
        positions.MovedByAnotherError."""


class Stream(Protocol):
    name: str

    def take(self, *, most: int, most_bytes: int, now: datetime) -> Batch | None:
        """What comes next, at most so many documents of about so many bytes; None: nothing."""
