"""What several dashboards show in the same words: each is written once."""

from deploy.kibana.spec import Entries, Listing, Number, Row, Top, Value

# Of whom or of itself somebody measures four times a minute.
MEASURED = "message: sync.measured"
PEER = Top("labels.peer", "Location", size=20, by_name=True)
LOCATION = Top("labels.location", "Location", size=20, by_name=True)

DEAD_LETTERS = Number(
    id="dead-letters",
    title="Dead letters now",
    question="Does a location hold messages that it could not read?",
    width=12,
    where=MEASURED,
    measure=Value(label="dead letters", field="sins.dead_letters", how="last_value"),
    each=PEER,
)
NAMES = {
    "sins-operations": "Operations",
    "sins-transactions": "Transactions",
    "sins-sync": "Sync",
    "sins-protection": "Data protection",
}


def header(id: str, words: str, *, entries: tuple[str, str] | None = None) -> str:
    """The dashboard's name, what it is about, and the way to the others; `entries`: title and id of
    a list of its own in Discover."""
    links = [f"[{name}](dashboards#/view/{other})" for other, name in NAMES.items() if other != id]
    if entries:
        links.append(f"[{entries[0]}](discover#/view/{entries[1]})")
    return f"**{NAMES[id]}** · {words} {' · '.join(links)}"


def entries_row(*, id: str, title: str, question: str, entries: Entries) -> Row:
    """The end of a page: whatever is clicked above narrows it."""
    listing = Listing(id=id, title=title, question=question, width=48, entries=entries)
    return Row(height=16, panels=(listing,))
