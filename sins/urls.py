"""Where every path goes. Each answers with and without its trailing slash."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from entities.api.auth import TokenView
from sins import apidocs, views

urlpatterns = [
    re_path(r"^livez/?$", views.livez, name="livez"),
    re_path(r"^readyz/?$", views.readyz, name="readyz"),
    re_path(r"^metrics/?$", views.metrics_text, name="metrics"),
    re_path(r"^login/?$", views.LoginView.as_view(), name="login"),
    re_path(r"^logout/?$", auth_views.LogoutView.as_view(), name="logout"),
    re_path(r"^role/?$", views.choose_role, name="role"),
    re_path(r"^schema/?$", apidocs.schema, name="schema"),
    re_path(r"^docs/?$", apidocs.swagger, name="docs"),
    re_path(r"^redoc/?$", apidocs.redoc, name="redoc"),
    re_path(r"^api/v1/auth/token/?$", TokenView.as_view(), name="api-token"),
    re_path(r"^api/auth/token/?$", TokenView.as_view()),
    path("admin/", admin.site.urls),
    re_path(r"^admin$", RedirectView.as_view(pattern_name="admin:index")),
    path("api/v1/", include("entities.api.urls")),
    path("api/customers/", include("customers.api.urls")),
    path("", include("customers.urls_web")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error
