"""Writes the Postman collection and the demo's environment from the OpenAPI document."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from sins import apidocs, postman

HOME = settings.BASE_DIR / "deploy" / "postman"


class Command(BaseCommand):
    help = "Write deploy/postman/ from the OpenAPI document."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=HOME, help="another folder")

    def handle(self, *args: Any, **options: Any) -> None:
        home: Path = options["to"]
        home.mkdir(parents=True, exist_ok=True)
        document = json.loads(apidocs.document_as_json())
        files = {
            "sins.postman_collection.json": postman.collection(document),
            "demo.postman_environment.json": postman.environment(),
        }
        for name, content in files.items():
            text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
            (home / name).write_text(text, encoding="utf-8")
        self.stdout.write(f"Wrote {' and '.join(files)} to {home}.")
