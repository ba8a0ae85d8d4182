"""Tries once more what Elasticsearch refused."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from audit.shipping import retrying
from audit.shipping.elastic import Elastic, ElasticAwayError
from events.commands import NotedCommand


class Command(NotedCommand):
    help = "Send again the documents that Elasticsearch refused and that were set aside."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=100_000, help="try at most this many")
        parser.add_argument(
            "--forget-lines",
            action="store_true",
            help="give up refused log lines instead; audit entries are never given up",
        )

    def handle(self, *args: Any, limit: int, forget_lines: bool, **options: Any) -> None:
        if forget_lines:
            given_up = retrying.forget_lines()
            self.stdout.write(f"Gave up {given_up:,} log line{'' if given_up == 1 else 's'}.")
            return
        if not settings.ELASTICSEARCH_HOST:
            raise CommandError("ELASTICSEARCH_HOST is empty: there is nowhere to send them.")
        elastic = Elastic()
        try:
            elastic.prepare()
            retried = retrying.retry_refused(elastic, limit=limit)
        except ElasticAwayError as error:
            raise CommandError(
                f"Elasticsearch does not take them now: {error}.", returncode=2
            ) from error
        finally:
            elastic.close()
        left = retried.tried - retried.taken
        self.stdout.write(
            f"Tried {retried.tried:,} document{'' if retried.tried == 1 else 's'}: "
            f"{retried.taken:,} taken, {left:,} refused again."
        )
