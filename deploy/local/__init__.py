"""SINS on one machine without containers; standard library only: a bare Python starts it."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036, the the sentence is for whoever has an older one
    sys.exit("SINS needs Python 3.11 or newer, and this is %s." % sys.version.split()[0])  # noqa: UP031
