"""A management command at one location of the demo, in its environment.

    python3 -m deploy.local.demo_manage loc2 verify_sync --wait 30

The demo has to run; DEMO_HOME says which one. Like web and workers the command logs in as the role
that changes no audit entry, unless it makes or drops tables (`migrate`, `keep_audit`).
"""

import os
import subprocess
import sys

from deploy.local import console
from deploy.local.console import NotPossibleError
from deploy.local.demo import Demo, wishes_of
from deploy.local.locations import Location


def main() -> int:
    """The command's own exit code."""
    if len(sys.argv) < 3:
        raise NotPossibleError(
            "Usage: python3 -m deploy.local.demo_manage LOCATION COMMAND [OPTION …]"
        )
    location_id, *words = sys.argv[1:]
    demo = Demo(wishes_of(os.environ))
    location = _named(location_id, demo.locations)
    is_made = (location.cluster.data / "PG_VERSION").exists()
    if not (is_made and location.cluster.is_ready()):
        raise NotPossibleError(f"The database of {location_id} does not answer. Run: make demo")
    spec = location.command(*words, bootstrap=demo.broker.address() or "")
    return subprocess.run(list(spec.argv), env=dict(spec.env), cwd=spec.cwd, check=False).returncode


def _named(location_id: str, locations: list[Location]) -> Location:
    for location in locations:
        if location.location_id == location_id:
            return location
    known = ", ".join(location.location_id for location in locations)
    raise NotPossibleError(f"There is no location {location_id} in the demo; there are {known}.")


if __name__ == "__main__":
    console.run(main)
