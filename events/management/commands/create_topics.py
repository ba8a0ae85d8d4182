from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from events import kafka
from events.commands import NotedCommand


class Command(NotedCommand):
    help = "Make the Kafka topics that are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = kafka.create_topics()
        except kafka.KafkaAwayError as error:
            raise CommandError(
                f"Kafka at {settings.KAFKA_BOOTSTRAP} made no topics: {error}. "
                "Check that it runs and that KAFKA_BOOTSTRAP names it."
            ) from error
        names = ", ".join(made)
        self.stdout.write(f"Created {names}." if made else "Both topics are there already.")
