"""Paths under /api/v1/, each with and without its trailing slash, without a redirect.

Named paths come before ids, and an id is anything that is not one of them: a malformed one is a
404 of ours, not of the router.
"""

from django.urls import re_path

from entities.api import conflicts, entities, locations, past, transactions, vocabulary
from entities.http.views import NoView

UID = r"^entities/(?P<uid>[^/]+)"

urlpatterns = [
    re_path(r"^entities/?$", entities.EntitiesListView.as_view(), name="v1-entities"),
    re_path(
        r"^(?:entities/)?entities-asof/?$", past.EntitiesAsOfView.as_view(), name="v1-entities-asof"
    ),
    re_path(r"^(?:entities/)?diff/?$", past.DiffView.as_view(), name="v1-diff"),
    re_path(UID + r"/?$", entities.EntityView.as_view(), name="v1-entity"),
    re_path(UID + r"/history/?$", past.HistoryView.as_view(), name="v1-history"),
    re_path(UID + r"/restore/?$", entities.RestoreView.as_view(), name="v1-restore"),
    re_path(r"^entity-types/?$", vocabulary.EntityTypesView.as_view(), name="v1-entity-types"),
    re_path(r"^detail-types/?$", vocabulary.DetailTypesView.as_view(), name="v1-detail-types"),
    re_path(r"^conflicts/?$", conflicts.ConflictsView.as_view(), name="v1-conflicts"),
    re_path(
        r"^conflicts/(?P<conflict_id>[^/]+)/resolve/?$",
        conflicts.ResolveView.as_view(),
        name="v1-resolve",
    ),
    re_path(r"^sync/?$", locations.SyncView.as_view(), name="v1-sync"),
    re_path(r"^dead-letters/?$", locations.DeadLettersView.as_view(), name="v1-dead-letters"),
    re_path(r"^transactions/?$", transactions.TransactionsView.as_view(), name="v1-transactions"),
    re_path(
        r"^transactions/totals/?$", transactions.TotalsView.as_view(), name="v1-transactions-totals"
    ),
    re_path(
        r"^transactions/export/?$", transactions.ExportView.as_view(), name="v1-transactions-export"
    ),
    re_path(
        r"^transactions/(?P<audit_id>[^/]+)/?$",
        transactions.TransactionView.as_view(),
        name="v1-transaction",
    ),
    re_path(r"^ping/?$", locations.PingView.as_view(), name="v1-ping"),
    re_path(r"", NoView.as_view()),
]
