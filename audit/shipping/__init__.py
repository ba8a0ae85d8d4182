"""Audit entries and log lines → Elasticsearch, and whether they are all there."""
