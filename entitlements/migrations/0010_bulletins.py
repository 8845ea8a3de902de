"""What managers write to the people who want to hear of a topic."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.walls
from accounts.walls import InsertOnly, RaiseWalls


class Migration(migrations.Migration):
    dependencies = [
        ("entitlements", "0009_daily_runs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bulletin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("topic", models.CharField(max_length=60, verbose_name="topic")),
                ("subject", models.CharField(max_length=150, verbose_name="subject")),
                ("body", models.TextField(max_length=10000, verbose_name="text")),
                ("sent_at", models.DateTimeField(verbose_name="sent")),
                ("recipients", models.PositiveIntegerField(verbose_name="recipients")),
                (
                    "product",
                    accounts.walls.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="entitlements.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "sent_by",
                    accounts.walls.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "note to a topic",
                "verbose_name_plural": "notes to topics",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subject", ""), _negated=True),
                            models.Q(("body", ""), _negated=True),
                        ),
                        name="bulletin_says_something",
                    )
                ],
            },
        ),
        RaiseWalls("Bulletin"),
        InsertOnly("Bulletin"),
    ]
