from django.apps import AppConfig


class SinsConfig(AppConfig):
    name = "sins"

    def ready(self) -> None:
        from sins import checks  # noqa: F401  (registers the system checks)
