"""Searching by who sees masked values only: by whole words, and not without end.

Otherwise a value could be spelled out: asked for letter by letter, and read off the answers.
"""

from django.conf import settings

from audit.addresses import network_of
from audit.limits import Allowance, take
from events.clock import instant_of
from events.principal import Act


def take_search(act: Act) -> None:
    """Count one search of somebody who sees masked values, on whichever face. Raises
    audit.limits.TooManyQuestions."""
    most = settings.SEARCHES_PER_ADDRESS
    said = f"Without the role of an agent {most} searches an hour are answered."
    network = Allowance(f"search from {network_of(act.address)}", most, said)
    take([network], now=instant_of(act.now_us))
