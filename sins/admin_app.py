"""Django's admin with our frame around it. Apart from `apps`, where Django looks for one config."""

from django.contrib.admin.apps import AdminConfig


class SinsAdminConfig(AdminConfig):
    default_site = "sins.admin_site.SinsAdminSite"
