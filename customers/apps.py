from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from customers import person_rules, read_model
        from entities import projection

        projection.register_read_model(read_model.refresh)
        person_rules.register()
