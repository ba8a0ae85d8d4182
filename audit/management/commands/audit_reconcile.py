"""Compares the audit entries here with those in Elasticsearch."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from audit.shipping import reconciling
from audit.shipping.elastic import Elastic, ElasticAwayError
from audit.shipping.reconciling import Day
from audit.shipping.state import unshipped
from events.clock import instant_of
from events.commands import NotedCommand, wall_us

SHOWN_IDS = 10
DIFFERENCES = {
    "missing": "missing",
    "extra": "extra",
    "altered": "altered",
    "repeated": "repeated",
    "altered_here": "altered here",
}
ENTRIES, DOCUMENTS = ("entry", "entries"), ("document", "documents")
UNREPAIRED = (("refused", "refused"), ("later", "not taken now"))


class Command(NotedCommand):
    help = (
        "Compare counts, ids and hashes of the audit entries of each day (UTC) with Elasticsearch, "
        "and the columns of each entry here with its hash. Exit code 0: the same, 1: something is "
        "missing, extra, altered, repeated or altered here, 2: Elasticsearch does not answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="since", type=_day, metavar="DAY", help="2026-11-21")
        parser.add_argument("--to", dest="until", type=_day, metavar="DAY", help="that day too")
        parser.add_argument(
            "--repair",
            action="store_true",
            help="send again what is missing or altered there, and was not altered here",
        )

    def handle(
        self, *args: Any, since: date | None, until: date | None, repair: bool, **options: Any
    ) -> None:
        if not settings.ELASTICSEARCH_HOST:
            raise CommandError("ELASTICSEARCH_HOST is empty: there is nothing to compare with.")
        now = instant_of(wall_us())
        elastic = Elastic()
        days = reconciling.reconcile(
            elastic,
            since=since or reconciling.first_day(today=now.date()),
            until=until or now.date(),
            now=now,
            repairs=repair,
        )
        try:
            found = [self._told(day) for day in tqdm(days, unit="day", disable=None)]
        except ElasticAwayError as error:
            raise CommandError(
                f"Elasticsearch does not answer: {error}. Check ELASTICSEARCH_HOST and its key.",
                returncode=2,
            ) from error
        finally:
            elastic.close()
        self._conclude([day for day in found if not day.is_pruned])

    def _told(self, day: Day) -> Day:
        if day.is_pruned:
            self.stdout.write(f"{day.day}: pruned here, {_counted(day.documents, DOCUMENTS)}")
            return day
        entries, documents = _counted(day.entries, ENTRIES), _counted(day.documents, DOCUMENTS)
        self.stdout.write(f"{day.day}: {entries}, {documents}")
        for name, words in DIFFERENCES.items():
            self._tell_ids(words, getattr(day, name))
        if day.repaired:
            self.stdout.write(f"  repaired {day.repaired:,}")
        for name, words in UNREPAIRED:
            self._tell_ids(words, getattr(day, name))
        return day

    def _tell_ids(self, words: str, ids: list[str]) -> None:
        if ids:
            more = f" and {len(ids) - SHOWN_IDS:,} more" if len(ids) > SHOWN_IDS else ""
            self.stdout.write(f"  {words} {len(ids):,}: {', '.join(ids[:SHOWN_IDS])}{more}")

    def _conclude(self, days: list[Day]) -> None:
        counts = {name: sum(len(getattr(day, name)) for day in days) for name in DIFFERENCES}
        total = sum(day.entries for day in days)
        told = ", ".join(f"{count:,} {DIFFERENCES[name]}" for name, count in counts.items())
        self.stdout.write(
            f"{_counted(total, ENTRIES)} compared: {told}; {unshipped():,} not shipped yet."
        )
        unrepaired = sum(len(day.refused) + len(day.later) for day in days)
        if unrepaired:
            raise CommandError(
                f"{_counted(unrepaired, DOCUMENTS)} sent and not taken. What was not taken now: "
                "try again when Elasticsearch has room and time; why it refused, `ship` logs."
            )
        if counts["altered_here"]:
            raise CommandError(
                "Entries were altered in this database: their columns do not give their hashes. "
                "`verify_audit` names the first; what Elasticsearch has of them is left as it is."
            )
        if any(counts.values()):
            raise CommandError(
                "Elasticsearch does not hold what this database holds. --repair sends what is "
                "missing; extra documents are for you to explain."
            )


def _counted(count: int, words: tuple[str, str]) -> str:
    return f"{count:,} {words[0] if count == 1 else words[1]}"


def _day(text: str) -> date:
    return datetime.strptime(text, "%Y-%m-%d").date()
