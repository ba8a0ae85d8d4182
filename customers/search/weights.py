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
    edit: float = 9.0
    # If there is but one: a slip of the fingers, or another letter.
    slip: float = 8.0
    other_letter: float = 12.0
    # The same sound in another spelling or romanisation: there are few.
    sound: float = 6.0
    # A letter of the sound wrong as well; or all the vowels, as scripts have it that write none.
    sound_edit: float = 10.5
    # The word is a beginning of the name's word; or one of the two is an initial.
    beginning: float = 7.0
    initial: float = 2.0
    # Bob for Robert: of those who have a short form, one in ten is asked for by it.
    short_form: float = 4.0
    # One word was written as two or two as one.
    joined: float = 4.0
    # A word that was asked for and is in no name of the person; and the other way round: when
    # several words are asked, who has just these is rather meant than who has more.
    unpaired: float = 6.5
    nameless: float = 14.0  # beside, when no word fits at all
    part: float = 7.0
    unasked: float = 1.0
    # Names of one language go together: each word after the first says less than by itself.
    further: float = 2.5
    # Where one word is all that is asked and no name is written so, it may be any word of any
    # language: the longer the list, the more of these are like a name on it.
    lone: float = 15.5
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
    # Names come in families, so a longer list has not quite as many more that are like an asked
    # one: people count by this power.
    crowd: float = 0.9
    # The logistic that makes of these odds the observed ones: offset in bits, and slope.
    offset: float = 1.4
    slope: float = 0.8


DEFAULT = Weights()
