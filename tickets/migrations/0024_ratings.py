"""How customers found what was done for them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.walls


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_rights_and_invitations"),
        ("tickets", "0023_clock_is_promised"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseRating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ended_at", models.DateTimeField()),
                (
                    "score",
                    models.CharField(
                        choices=[("good", "good"), ("okay", "okay"), ("bad", "bad")], max_length=10
                    ),
                ),
                ("words", models.TextField(blank=True)),
                ("rated_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "case",
                    accounts.walls.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="tickets.case",
                    ),
                ),
                (
                    "rated_by",
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
                "indexes": [models.Index(fields=["tenant", "ended_at"], name="rating_by_end")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "case", "ended_at"), name="rating_once_an_end"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__in", ["good", "okay", "bad"])),
                        name="rating_score_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("changed_at__gte", models.F("rated_at"))),
                        name="rating_changed_after_it_was_given",
                    ),
                ],
            },
        ),
        accounts.walls.RaiseWalls("CaseRating"),
    ]
