"""`manage.py estimate_weights`: learn from what people said of pairs."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import CommandError, CommandParser

from customers.duplicates.estimating import LEAST_PAIRS, Estimated, estimate_weights
from customers.duplicates.weight_fit import Estimate
from customers.search.weights import Weights
from events.commands import NotedCommand, command_act
from events.errors import Refused

HEADING = (
    f"{'weight':<18}{'old':>7}{'new':>7}{'merged':>9}{'apart':>8}{'by their numbers alone':>25}"
)


class Command(NotedCommand):
    help = "Say what each kind of agreement is worth by what people decided about pairs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", type=Path, metavar="FILE", help="for MATCH_WEIGHTS_FILE")
        parser.add_argument(
            "--least-pairs", type=int, default=LEAST_PAIRS, help="of each kind, to learn from"
        )

    def handle(
        self,
        *args: Any,
        write: Path | None = None,
        least_pairs: int = LEAST_PAIRS,
        **options: Any,
    ) -> None:
        try:
            result = estimate_weights(command_act("estimate_weights"), least_pairs=least_pairs)
        except Refused as refused:
            raise CommandError(refused.detail) from refused
        self.stdout.write("\n".join((HEADING, *map(_line, result.estimates))))
        self.stdout.write(sentence(result, file=write))
        if write is not None:
            _write(result.weights, write)


def sentence(result: Estimated, *, file: Path | None) -> str:
    said = (
        f"Estimated {len(result.estimates)} weights, in bits, from {result.confirmed} merged pairs "
        f"and {result.rejected} that were told apart"
    )
    if file is None:
        return f"{said}; nothing was written."
    return f"{said}. They are in {file}: name it in MATCH_WEIGHTS_FILE."


def _line(one: Estimate) -> str:
    return (
        f"{one.name:<18}{one.old:>7.1f}{one.new:>7.1f}{one.confirmed:>9}{one.rejected:>8}"
        f"{one.counted_bits:>+25.1f}"
    )


def _write(weights: Weights, file: Path) -> None:
    draft = file.with_name(f"{file.name}.new")
    try:
        draft.write_bytes(orjson.dumps(asdict(weights), option=orjson.OPT_INDENT_2) + b"\n")
        draft.replace(file)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
