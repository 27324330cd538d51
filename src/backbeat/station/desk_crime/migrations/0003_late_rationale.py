from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk_crime", "0002_crimerequest")]

    operations = [
        migrations.AddField(
            model_name="decisionversion",
            name="late_rationale",
            field=models.TextField(blank=True, default=""),
        ),
    ]
