"""Entries numbered, chained, verified and archived: what proves that none is missing or altered."""
