from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Finds who holds a value of a field that people defined, and how many do."""

    atomic = False

    dependencies = [
        ("entities", "0005_fields_by_consent"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="detailversion",
            index=models.Index(
                fields=["detail_code", "entity_uid"],
                condition=Q(valid_to__isnull=True)
                & ~Q(
                    detail_code__in=[
                        "ADDRESS",
                        "DOB",
                        "DOCUMENT_NUMBER",
                        "EMAIL",
                        "NAME",
                        "NOTES",
                        "PHONE",
                        "SURNAME",
                        "WEBSITE",
                    ]
                ),
                name="detail_of_field",
            ),
        ),
    ]
