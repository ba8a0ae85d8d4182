from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from events import kafka


class Command(BaseCommand):
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
