"""Pure arithmetic of sequence ranges: inclusive, sorted, disjoint, never touching."""

from collections.abc import Iterable, Sequence

Range = tuple[int, int]
Ranges = tuple[Range, ...]


def normal(ranges: Iterable[Sequence[int]]) -> Ranges:
    """The same numbers as sorted ranges with a gap between any two."""
    merged: list[Range] = []
    for first, last in sorted((pair[0], pair[1]) for pair in ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def of(numbers: Iterable[int]) -> Ranges:
    return normal((number, number) for number in numbers)


def union(left: Ranges, right: Ranges) -> Ranges:
    return normal((*left, *right))


def minus(left: Ranges, right: Ranges) -> Ranges:
    """The numbers of `left` that are not in `right`. Linear: a backlog read partition by partition
    makes tens of thousands of ranges."""
    rest: list[Range] = []
    begin = 0
    for first, last in left:
        while begin < len(right) and right[begin][1] < first:
            begin += 1
        place = begin
        while place < len(right) and right[place][0] <= last:
            cut_first, cut_last = right[place]
            if cut_first > first:
                rest.append((first, cut_first - 1))
            first = cut_last + 1
            place += 1
        if first <= last:
            rest.append((first, last))
    return tuple(rest)


def both(left: Ranges, right: Ranges) -> Ranges:
    """The numbers that are in `left` and in `right`."""
    return minus(left, minus(left, right))


def count(ranges: Ranges) -> int:
    return sum(last - first + 1 for first, last in ranges)


def highest(ranges: Ranges) -> int:
    return ranges[-1][1] if ranges else 0


def contains(ranges: Ranges, number: int) -> bool:
    return any(first <= number <= last for first, last in ranges)


def first_numbers(ranges: Ranges, *, limit: int) -> Ranges:
    """The ranges cut off after `limit` numbers."""
    kept: list[Range] = []
    for first, last in ranges:
        if limit <= 0:
            break
        last = min(last, first + limit - 1)
        kept.append((first, last))
        limit -= last - first + 1
    return tuple(kept)


def to_sql(ranges: Ranges) -> str:
    """As text for a cast to `int8multirange`."""
    return "{" + ",".join(f"[{first},{last}]" for first, last in ranges) + "}"


def from_sql(multirange: Iterable[object]) -> Ranges:
    """From psycopg's Multirange, whose ranges are canonical: `[first, last + 1)`."""
    return tuple((part.lower, part.upper - 1) for part in multirange)  # type: ignore[attr-defined]
