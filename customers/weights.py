"""How many bits each piece of evidence is worth: data, replaceable without a change of code. Pure.

One bit doubles the odds that an answer is the person who is looked for. The defaults are base
rates, rounded, of the way names, dates and numbers are mistyped; docs/search.md tells their origin.
`MATCH_WEIGHTS_FILE` may name a JSON object with other values, as `estimate_weights` writes it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """Bits, unless said otherwise. A word that fits gives its rarity, log2(1 / share of people who
    would have it written so), less what follows."""

    version: str = "1"

    # One of about 300 ways to have one letter wrong, and that happens to one word in ten.
    edit: float = 8.0
    # The same sound in another spelling or romanisation: there are few.
    sound: float = 3.0
    # The word is a beginning of the name's word; or one of the two is an initial.
    beginning: float = 3.0
    initial: float = 2.0
    # One word was written as two or two as one.
    joined: float = 5.0
    # A word that was asked for and is in no name of the person; and the other way round.
    unpaired: float = 5.0
    nameless: float = 10.0  # beside, when no word fits at all
    unasked: float = 2.0
    # A single misspelled word, with nothing beside it to confirm it.
    lone: float = 4.0
    # Asked for as a surname, found as a name.
    elsewhere: float = 2.0

    # A birth date is one of 2^14.5; one digit wrong or day and month swapped is one of some fifty.
    dob_same: float = 14.0
    dob_similar: float = 9.0
    dob_far: float = 3.0
    dob_differs: float = -5.0
    year_same: float = 5.0
    year_similar: float = 3.0
    year_differs: float = -4.0
    # A document number is unique; with one sign wrong it is one of some three hundred.
    document_same: float = 44.0
    document_similar: float = 20.0
    document_far: float = 11.0
    document_part: float = 16.0
    document_differs: float = -6.0

    # Of those who are asked for, the share that is on the list.
    on_list: float = 0.8
    # The logistic that makes of these odds the observed ones: offset in bits, and slope.
    offset: float = 0.0
    slope: float = 1.0


DEFAULT = Weights()
