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
DIFFERENCES = ("missing", "extra", "altered", "repeated")
UNREPAIRED = (("refused", "refused"), ("later", "not taken now"))


class Command(NotedCommand):
    help = (
        "Compare counts and ids of the audit entries of each day (UTC) with Elasticsearch. Exit "
        "code 0: the same, 1: something is missing, extra, altered or repeated, 2: Elasticsearch "
        "does not answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="since", type=_day, metavar="DAY", help="2026-11-21")
        parser.add_argument("--to", dest="until", type=_day, metavar="DAY", help="that day too")
        parser.add_argument(
            "--repair", action="store_true", help="send again what is missing or altered there"
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
            self.stdout.write(f"{day.day}: pruned here, {day.documents:,} documents")
            return day
        self.stdout.write(f"{day.day}: {day.entries:,} entries, {day.documents:,} documents")
        for name in DIFFERENCES:
            self._tell_ids(name, getattr(day, name))
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
        told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        self.stdout.write(f"{total:,} entries compared: {told}; {unshipped():,} not shipped yet.")
        unrepaired = sum(len(day.refused) + len(day.later) for day in days)
        if unrepaired:
            raise CommandError(
                f"{unrepaired:,} documents were sent and not taken. Those not taken now: try again "
                "when Elasticsearch has room and time; of those refused `ship` logs the reason."
            )
        if any(counts.values()):
            raise CommandError(
                "Elasticsearch does not hold what this database holds. --repair sends what is "
                "missing; extra documents are for you to explain."
            )


def _day(text: str) -> date:
    return datetime.strptime(text, "%Y-%m-%d").date()
