"""Places between two steps where a test may let the process die, as kill -9 would."""

import os

from django.conf import settings

EXIT_CODE = 137

_passes = 0


def reach(name: str) -> None:
    """Nothing, unless settings.FAIL_POINT is `name:n`: then the n-th pass here ends the process."""
    global _passes
    wanted, _, nth = settings.FAIL_POINT.partition(":")
    if wanted != name:
        return
    _passes += 1
    if _passes >= int(nth or "1"):
        os._exit(EXIT_CODE)
