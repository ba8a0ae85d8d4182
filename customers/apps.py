from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from customers import read_model, rules
        from entities import projection
        from entities import rules as entity_rules

        projection.register_read_model(read_model.refresh)
        entity_rules.register_rules("PERSON", rules.check_person)
