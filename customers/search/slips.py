"""Is one wrong letter a slip of the fingers? Pure.

Hands leave a letter out, strike a key beside the right one or beside it as well, strike twice, or
in the wrong order. Any other letter in its place rather makes another name.
"""

# Left to right as on most Latin keyboards; each row is shifted to the right by part of a key.
_ROWS = (("qwertyuiop", 0.0), ("asdfghjkl", 0.25), ("zxcvbnm", 0.75))
_PLACES = {
    key: (row, place + shift)
    for row, (keys, shift) in enumerate(_ROWS)
    for place, key in enumerate(keys)
}
# German keyboards have these two the other way round.
_SWAPPED = frozenset("yz")


def is_slip(asked: str, held: str) -> bool:
    """For two words of which one letter, or the order of two, differs."""
    if len(asked) < len(held):
        return True
    at = _first_difference(asked, held)
    if len(asked) > len(held):
        near = asked[max(at - 1, 0) : at] + asked[at + 1 : at + 2]
        return any(_are_beside(asked[at], key) for key in near)
    is_order = asked[at + 1 : at + 2] == held[at] and held[at + 1 : at + 2] == asked[at]
    return is_order or _are_beside(asked[at], held[at])


def _first_difference(one: str, other: str) -> int:
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))


def _are_beside(one: str, other: str) -> bool:
    if one == other or {one, other} == _SWAPPED:
        return True
    if one not in _PLACES or other not in _PLACES:
        return False
    (row, place), (other_row, other_place) = _PLACES[one], _PLACES[other]
    return abs(row - other_row) <= 1 and abs(place - other_place) <= 1
