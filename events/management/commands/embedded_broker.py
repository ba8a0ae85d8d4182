import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events import commands
from events.kafka import EmbeddedBroker


class Command(BaseCommand):
    help = (
        "Host the broker built into librdkafka on loopback, in memory: for a trial on one "
        "machine, not for production."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        run = Path(os.environ["DEMO_HOME"]) / "run" if "DEMO_HOME" in os.environ else None
        parser.add_argument("--address-file", type=Path, default=run and run / "broker.address")
        parser.add_argument("--pid-file", type=Path, default=run and run / "broker.pid")

    def handle(
        self, *args: Any, address_file: Path | None, pid_file: Path | None, **options: Any
    ) -> None:
        if address_file is None or pid_file is None:
            raise CommandError("Set DEMO_HOME, or give --address-file and --pid-file.")
        stop = commands.stop_on_signals()
        broker = EmbeddedBroker()
        _write(pid_file, str(os.getpid()))
        _write(address_file, broker.address)
        self.stdout.write(
            f"Embedded broker at {broker.address}. It is not for production: it keeps about 5 MB "
            "per partition, in memory."
        )
        self.stdout.flush()
        stop.wait()
        address_file.unlink(missing_ok=True)
        pid_file.unlink(missing_ok=True)
        self.stdout.write("Stopped.")


def _write(path: Path, text: str) -> None:
    """Whole or not at all: others wait for the file and read it at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(f"{text}\n", encoding="utf-8")
    draft.replace(path)
