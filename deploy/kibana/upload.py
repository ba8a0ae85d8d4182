"""NDJSON files here → Kibana. Again whenever you like: what is there under our ids is replaced.

KIBANA_URL=http://127.0.0.1:5601 python3 deploy/kibana/upload.py

With KIBANA_USER and KIBANA_PASSWORD it logs in. Needs nothing but Python, so that a container
without the product can run it.
"""

import base64
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WAIT_S = 300.0  # for Kibana, which takes a minute or two to start
TRY_EVERY_S = 2.0
REQUEST_S = 60.0
BOUNDARY = "sins-dashboards"


class NotImportedError(Exception):
    """Kibana did not take a file; the sentence says why."""


def upload(address: str, *, login: str = "", wait_s: float = WAIT_S) -> list[str]:
    """The names of the files that Kibana at `address` has now. Raises NotImportedError."""
    headers = {"kbn-xsrf": "true"}
    if login:
        headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
    _wait(address, headers, wait_s)
    files = sorted(HERE.glob("*.ndjson"))
    for file in files:
        _import(address, headers, file)
    return [file.name for file in files]


def _wait(address: str, headers: dict[str, str], wait_s: float) -> None:
    until_s = time.monotonic() + wait_s
    while True:
        try:
            status = _answer(_request(f"{address}/api/status", headers))
            if status.get("status", {}).get("overall", {}).get("level") == "available":
                return
            reason = "it is not ready"
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                raise NotImportedError(f"Kibana does not let us in ({error.code}).") from error
            reason = str(error)
        except OSError as error:
            reason = str(error)
        if time.monotonic() > until_s:
            raise NotImportedError(f"Kibana at {address}: {reason}.")
        time.sleep(TRY_EVERY_S)


def _import(address: str, headers: dict[str, str], file: Path) -> None:
    body = (
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
        "Content-Type: application/ndjson\r\n\r\n"
        f"{file.read_text(encoding='utf-8')}\r\n--{BOUNDARY}--\r\n"
    )
    headers = headers | {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    request = _request(f"{address}/api/saved_objects/_import?overwrite=true", headers, body)
    try:
        answer = _answer(request)
    except OSError as error:
        raise NotImportedError(f"{file.name}: {error}.") from error
    if not answer.get("success"):
        raise NotImportedError(f"{file.name}: {json.dumps(answer.get('errors'))}")


def _request(url: str, headers: dict[str, str], body: str = "") -> urllib.request.Request:
    # The operator says where Kibana is.
    return urllib.request.Request(url, data=body.encode() or None, headers=headers)  # noqa: S310


def _answer(request: urllib.request.Request) -> dict[str, Any]:
    with urllib.request.urlopen(request, timeout=REQUEST_S) as response:  # noqa: S310
        found = json.load(response)
    return found if isinstance(found, dict) else {}


def main() -> int:
    address = os.environ.get("KIBANA_URL", "http://127.0.0.1:5601").rstrip("/")
    user = os.environ.get("KIBANA_USER", "")
    login = f"{user}:{os.environ.get('KIBANA_PASSWORD', '')}" if user else ""
    try:
        for name in upload(address, login=login):
            print(f"imported {name}")
    except NotImportedError as error:
        print(f"Not imported: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
