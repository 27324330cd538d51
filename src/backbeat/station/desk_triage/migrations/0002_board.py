"""Samples of declined calls, messages to partners, drafts of a policy, and an index for calls to ring back."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("desk_triage", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="DeclinedSample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=100)),
                ("seed", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("population", models.PositiveIntegerField()),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("drawn_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="OfferMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[("file", "File in the outbox"), ("email", "E-mail"), ("webhook", "Webhook")],
                        max_length=7,
                    ),
                ),
                ("payload", models.JSONField()),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("fault", models.CharField(blank=True, max_length=60)),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="PolicyDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("force", models.CharField(max_length=40)),
                ("draft", models.JSONField()),
                ("follows", models.CharField(max_length=120)),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("file_sha256", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField(null=True)),
                ("version", models.CharField(blank=True, max_length=120)),
                ("set_aside_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="SampledCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("outcome", models.CharField(max_length=20)),
                ("revision", models.PositiveIntegerField()),
                (
                    "finding",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("right", "Right not to go"),
                            ("should-have-gone", "Police should have gone"),
                            ("cannot-tell", "Cannot tell from the record"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["sample", "number"],
            },
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["state", "callback_owed", "opened_at"], name="call_to_ring_back"),
        ),
        migrations.AddField(
            model_name="declinedsample",
            name="drawn_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="offermessage",
            name="handover",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="message", to="desk_triage.handover"
            ),
        ),
        migrations.AddField(
            model_name="policydraft",
            name="signed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="policydraft",
            name="uploaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="sampledcall",
            name="call",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="desk_triage.call"
            ),
        ),
        migrations.AddField(
            model_name="sampledcall",
            name="reviewer",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="sampledcall",
            name="sample",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="desk_triage.declinedsample"
            ),
        ),
        migrations.AddIndex(
            model_name="offermessage",
            index=models.Index(condition=models.Q(("sent_at", None)), fields=["next_try_at"], name="message_to_send"),
        ),
        migrations.AddConstraint(
            model_name="sampledcall",
            constraint=models.UniqueConstraint(fields=("sample", "number"), name="one_sampled_call_a_number"),
        ),
    ]
