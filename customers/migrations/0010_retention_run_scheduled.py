"""When the last item was scheduled says its row; the run itself is not written for that."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_customer_restricted")]

    operations = [migrations.RemoveField(model_name="retentionrun", name="scheduled_at")]
