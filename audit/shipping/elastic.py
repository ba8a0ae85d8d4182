"""The one door to Elasticsearch: templates, monthly indices, bulk, and reading back.

Nobody else imports the client. What Elasticsearch cannot do now is `ElasticAwayError`: wait and
try again. What it will never take is told document by document.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from elasticsearch import ApiError, Elasticsearch, SerializationError, TransportError

from audit.shipping.documents import AUDIT, LOGS, Document

TEMPLATES = Path(settings.BASE_DIR) / "deploy" / "elasticsearch"
COMPONENTS, INDEX_TEMPLATES = ("sins-settings",), (AUDIT, LOGS)
REQUEST_TIMEOUT_S = 30.0
PAGE = 5_000
# Of an answer's items these say that the document is there: made now, or made before.
THERE = (200, 201, 409)
BAD_DOCUMENT = 400
# Also said with 400, and of the cluster or the index (full, closed, no room for another month's
# shards): nothing is wrong with the document.
NOT_THE_DOCUMENT = frozenset(
    {"cluster_block_exception", "index_closed_exception", "validation_exception"}
)
TOO_LARGE = 413


class ElasticAwayError(Exception):
    """Elasticsearch cannot be reached, is too busy, has no disk left, or does not let us in."""


class TooMuchError(ElasticAwayError):
    """It wants less at once."""


@dataclass(slots=True)
class Sent:
    """What became of a bulk: documents that will never be taken, with the reason, and those to be
    sent again later, with the reason of one of them."""

    refused: list[tuple[Document, str]] = field(default_factory=list)
    later: list[Document] = field(default_factory=list)
    later_reason: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A shipped audit entry as it stands there."""

    document_id: str
    index: str
    seq: int | None
    hash: str


class Elastic:
    """A client of the cluster that the settings name, or of `hosts`."""

    def __init__(self, hosts: Sequence[str] = ()) -> None:
        options: dict[str, Any] = {
            "request_timeout": REQUEST_TIMEOUT_S,
            "max_retries": 0,  # the shipper has its own patience
            "retry_on_timeout": False,
        }
        if settings.ELASTICSEARCH_API_KEY:
            options["api_key"] = settings.ELASTICSEARCH_API_KEY
        if settings.ELASTICSEARCH_CA_FILE:
            options["ca_certs"] = _readable(settings.ELASTICSEARCH_CA_FILE)
        try:
            self._client = Elasticsearch(list(hosts or settings.ELASTICSEARCH_HOST), **options)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"The Elasticsearch client refuses its settings: {error}. ELASTICSEARCH_HOST is "
                "like https://name:9200."
            ) from error

    def close(self) -> None:
        self._client.close()

    def prepare(self) -> None:
        """Templates as this version wants them, also for the months that are there already: fields
        are only ever added. Raises ElasticAwayError."""
        with _spoken():
            for name in COMPONENTS:
                self._client.cluster.put_component_template(name=name, **_template(name))
            for name in INDEX_TEMPLATES:
                body = _template(name)
                self._client.indices.put_index_template(name=name, **body)
                if self._client.indices.exists(index=f"{name}-*", allow_no_indices=False):
                    properties = body["template"]["mappings"]["properties"]
                    self._client.indices.put_mapping(index=f"{name}-*", properties=properties)

    def send(self, documents: Sequence[Document], *, replace: bool = False) -> Sent:
        """All of them in one request; one that is there already stays as it is, unless `replace`.
        Raises ElasticAwayError, TooMuchError."""
        verb = "index" if replace else "create"
        lines: list[Mapping[str, Any]] = []
        for document in documents:
            lines.append({verb: {"_index": document.index, "_id": document.document_id}})
            lines.append(document.source)
        with _spoken():
            answer = self._client.bulk(
                operations=lines, filter_path=["errors", "items.*.status", "items.*.error"]
            )
        sent = Sent()
        if answer["errors"]:
            for document, item in zip(documents, answer["items"], strict=True):
                _sort_in(sent, document, item[verb])
        return sent

    def indices(self, alias: str) -> list[str]:
        """The names of its monthly indices. Raises ElasticAwayError."""
        with _spoken():
            return sorted(self._client.indices.get(index=f"{alias}-*", filter_path=["*.aliases"]))

    def delete_index(self, name: str) -> None:
        """A whole month. Raises ElasticAwayError."""
        with _spoken():
            self._client.indices.delete(index=name, ignore_unavailable=True)

    def refresh(self, alias: str) -> None:
        """Let searches see what was sent before. Raises ElasticAwayError."""
        with _spoken():
            self._client.indices.refresh(index=f"{alias}-*", allow_no_indices=True)

    def days(self, alias: str, query: Mapping[str, Any]) -> dict[date, int]:
        """How many documents match on each day of UTC. Raises ElasticAwayError."""
        histogram = {"field": "@timestamp", "calendar_interval": "day", "min_doc_count": 1}
        with _spoken():
            answer = self._client.search(
                index=f"{alias}-*",
                query=query,
                size=0,
                aggregations={"days": {"date_histogram": histogram}},
            )
        buckets = answer.get("aggregations", {}).get("days", {}).get("buckets", [])
        return {date.fromisoformat(one["key_as_string"][:10]): one["doc_count"] for one in buckets}

    def entries(self, query: Mapping[str, Any]) -> Iterator[Found]:
        """Audit entries that match, without an order. Raises ElasticAwayError."""
        after: list[Any] | None = None
        with _spoken():
            while True:
                answer = self._client.search(
                    index=f"{AUDIT}-*",
                    query=query,
                    size=PAGE,
                    source=False,
                    docvalue_fields=[{"field": "sins.seq"}, {"field": "sins.hash"}],
                    # Two indices may hold one id, so it alone would not be a place to go on at.
                    sort=[{"event.id": "asc"}, {"_index": "asc"}],
                    search_after=after,
                    track_total_hits=False,
                )
                hits = answer["hits"]["hits"]
                yield from map(_found, hits)
                if len(hits) < PAGE:
                    return
                after = hits[-1]["sort"]


def _readable(path: str) -> str:
    if not os.access(path, os.R_OK):
        raise ImproperlyConfigured(f"ELASTICSEARCH_CA_FILE names {path!r}, which cannot be read.")
    return path


def _template(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((TEMPLATES / f"{name}.json").read_text(encoding="utf-8"))
    found["meta"] = found.pop("_meta")
    return found


def _found(hit: Mapping[str, Any]) -> Found:
    fields = hit.get("fields", {})
    (seq,) = fields.get("sins.seq", [None])
    (digest,) = fields.get("sins.hash", [""])
    return Found(hit["_id"], hit["_index"], seq, digest)


def _sort_in(sent: Sent, document: Document, item: Mapping[str, Any]) -> None:
    status = int(item["status"])
    if status in THERE:
        return
    error = item.get("error", {})
    if status == BAD_DOCUMENT and error.get("type") not in NOT_THE_DOCUMENT:
        sent.refused.append((document, _reason(error)))
        return
    sent.later.append(document)
    sent.later_reason = f"{error.get('type', 'error')} ({status})"


def _reason(error: Mapping[str, Any]) -> str:
    """What kind of error, in which field: the rest of the sentence may repeat the value."""
    found = re.search(r"\[((?:@timestamp|[a-z_]+(?:\.[a-z_]+)+))\]", str(error.get("reason", "")))
    return f"{error.get('type', 'error')}{f' in {found[1]}' if found else ''}"


@contextmanager
def _spoken() -> Iterator[None]:
    """The client's exceptions in our words."""
    try:
        yield
    except ApiError as error:
        if error.status_code == TOO_LARGE:
            raise TooMuchError("too much at once (413)") from error
        kind = str(error.error or "error")[:100]
        raise ElasticAwayError(f"{kind} ({error.status_code})") from error
    except (TransportError, SerializationError) as error:
        raise ElasticAwayError(type(error).__name__) from error
