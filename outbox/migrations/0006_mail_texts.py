"""The vendor's own words in messages; every text that there was is kept."""

import accounts.walls
from accounts.walls import InsertOnly, RaiseWalls
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_changes"),
        ("outbox", "0005_held_for_hours"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MailText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                (
                    "side",
                    models.CharField(
                        choices=[("customer", "customers"), ("desk", "the desk")], max_length=10
                    ),
                ),
                ("language", models.CharField(max_length=10)),
                ("is_given", models.BooleanField(default=False)),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("body", models.TextField(blank=True, max_length=10000, verbose_name="text")),
                ("why", models.CharField(blank=True, max_length=500, verbose_name="why")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    accounts.walls.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "verbose_name": "text of a message",
                "verbose_name_plural": "texts of messages",
                "indexes": [
                    models.Index(
                        fields=["tenant", "kind", "side", "language", "-id"],
                        name="mail_text_newest",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["customer", "desk"])),
                        name="mail_text_side_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body", ""), ("is_given", True), ("subject", "")),
                            models.Q(
                                ("is_given", False),
                                models.Q(("subject", ""), _negated=True),
                                models.Q(("body", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="mail_text_says_something",
                    ),
                ],
            },
        ),
        RaiseWalls("MailText"),
        InsertOnly("MailText"),
    ]
