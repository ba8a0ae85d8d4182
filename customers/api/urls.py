"""Paths under /api/customers/, each with and without its trailing slash, without a redirect.

Named paths come before ids, and an id is anything that is not one of them: a malformed one is a
404 of ours, not of the router.
"""

from django.urls import re_path

from customers.api import (
    access_log,
    erasing,
    fields,
    merging,
    restricting,
    retention,
    searching,
    subject_report,
    views,
)
from entities.http.views import NoView

UID = r"^items/(?P<uid>[^/]+)"
POLICY = r"^retention/policies/(?P<code>[^/]+)"
RUN = r"^retention/runs/(?P<run>[^/]+)"
FIELD = r"^fields/(?P<field_id>[^/]+)"
PAIR = r"^duplicates/(?P<a>[^/]+)/(?P<b>[^/]+)"

urlpatterns = [
    re_path(r"^items/?$", views.ItemsView.as_view(), name="api-items"),
    re_path(r"^items/search/?$", searching.SearchView.as_view(), name="api-search"),
    re_path(r"^items/check/?$", searching.CheckView.as_view(), name="api-check"),
    re_path(r"^items/match/?$", searching.MatchView.as_view(), name="api-match"),
    re_path(UID + r"/?$", views.ItemView.as_view(), name="api-item"),
    re_path(UID + r"/history/?$", views.HistoryView.as_view(), name="api-history"),
    re_path(UID + r"/events/?$", views.EventsView.as_view(), name="api-events"),
    re_path(UID + r"/access-log/?$", access_log.AccessLogView.as_view(), name="api-access-log"),
    re_path(
        UID + r"/subject-report/?$",
        subject_report.SubjectReportView.as_view(),
        name="api-subject-report",
    ),
    re_path(UID + r"/hold/?$", erasing.HoldView.as_view(), name="api-hold"),
    re_path(UID + r"/lift/?$", erasing.LiftView.as_view(), name="api-lift"),
    re_path(UID + r"/erase/?$", erasing.EraseView.as_view(), name="api-erase"),
    re_path(
        UID + r"/cancel-erasure/?$", erasing.CancelErasureView.as_view(), name="api-cancel-erasure"
    ),
    re_path(UID + r"/restrict/?$", restricting.RestrictView.as_view(), name="api-restrict"),
    re_path(UID + r"/unrestrict/?$", restricting.UnrestrictView.as_view(), name="api-unrestrict"),
    re_path(UID + r"/restore/?$", views.RestoreView.as_view(), name="api-restore"),
    re_path(UID + r"/merge/?$", merging.MergeView.as_view(), name="api-merge"),
    re_path(UID + r"/unmerge/?$", merging.UnmergeView.as_view(), name="api-unmerge"),
    re_path(r"^fields/?$", fields.FieldsView.as_view(), name="api-fields"),
    re_path(FIELD + r"/?$", fields.FieldView.as_view(), name="api-field"),
    re_path(FIELD + r"/invalid/?$", fields.InvalidValuesView.as_view(), name="api-field-invalid"),
    re_path(r"^duplicates/?$", merging.DuplicatesView.as_view(), name="api-duplicates"),
    re_path(PAIR + r"/distinct/?$", merging.DistinctView.as_view(), name="api-distinct"),
    re_path(r"^retention/policies/?$", retention.PoliciesView.as_view(), name="api-policies"),
    re_path(POLICY + r"/?$", retention.PolicyView.as_view(), name="api-policy"),
    re_path(POLICY + r"/unjudged/?$", retention.UnjudgedView.as_view(), name="api-unjudged"),
    re_path(r"^retention/due/?$", retention.DueView.as_view(), name="api-due"),
    re_path(r"^retention/runs/?$", retention.RunsView.as_view(), name="api-runs"),
    re_path(RUN + r"/?$", retention.RunView.as_view(), name="api-run"),
    re_path(RUN + r"/approve/?$", retention.ApproveView.as_view(), name="api-run-approve"),
    re_path(RUN + r"/withdraw/?$", retention.WithdrawView.as_view(), name="api-run-withdraw"),
    re_path(r"", NoView.as_view()),
]
