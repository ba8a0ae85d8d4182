from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit.shipping import measuring
        from customers import forgetting, person_rules, read_model
        from customers.duplicates import work_list
        from entities import projection
        from events import erasers

        projection.register_read_model(read_model.refresh)
        person_rules.register()
        erasers.register_eraser(self.name, forgetting.erase, leftovers=forgetting.leftovers)
        measuring.register_pair_count(work_list.count_pairs)
