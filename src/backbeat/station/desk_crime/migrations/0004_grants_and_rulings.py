import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk_crime", "0003_late_rationale"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="registrarruling",
            name="labels",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="registrarruling",
            name="offences",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="crimerequest",
            name="active_ms",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="crimerequest",
            name="touched_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="crimerequest",
            name="ledger_row",
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name="GrantTakenBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("reason", models.TextField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_back",
                        to="desk_crime.crimerequest",
                    ),
                ),
            ],
        ),
    ]
