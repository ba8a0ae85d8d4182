"""Fixtures that have to win over those of a plugin: pytest lets only a conftest do so."""

from tests.services import django_db_modify_db_settings

__all__ = ["django_db_modify_db_settings"]
