"""The event, its clock, the log, and the two doors into it. Knows no entity."""
