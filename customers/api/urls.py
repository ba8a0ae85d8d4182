"""Paths under /api/customers/, each with and without its trailing slash, without a redirect.

Named paths come before ids, and an id is anything that is not one of them: a malformed one is a
404 of ours, not of the router.
"""

from django.urls import re_path

from customers.api import views
from entities.http.views import NoView

UID = r"^items/(?P<uid>[^/]+)"

urlpatterns = [
    re_path(r"^items/?$", views.ItemsView.as_view(), name="api-items"),
    re_path(r"^items/search/?$", views.SearchView.as_view(), name="api-search"),
    re_path(r"^items/check/?$", views.CheckView.as_view(), name="api-check"),
    re_path(UID + r"/?$", views.ItemView.as_view(), name="api-item"),
    re_path(UID + r"/history/?$", views.HistoryView.as_view(), name="api-history"),
    re_path(UID + r"/events/?$", views.EventsView.as_view(), name="api-events"),
    re_path(UID + r"/restore/?$", views.RestoreView.as_view(), name="api-restore"),
    re_path(r"", NoView.as_view()),
]
