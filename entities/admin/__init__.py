"""Entities, details and types in the admin: what is edited there goes through the services."""

from entities.admin import details, entities, vocabulary

__all__ = ["details", "entities", "vocabulary"]
