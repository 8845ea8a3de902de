"""What people change in the admin, kept: who, when, before and after, and why."""

import accounts.walls
from accounts.walls import InsertOnly, RaiseWalls
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_rights_and_invitations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("added", "added"),
                            ("changed", "changed"),
                            ("removed", "removed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("model", models.CharField(max_length=80)),
                ("row", models.CharField(max_length=120)),
                ("named", models.CharField(max_length=300)),
                ("lines", models.JSONField(default=list)),
                ("words", models.CharField(blank=True, max_length=1000)),
                ("why", models.CharField(blank=True, max_length=500)),
                (
                    "by",
                    accounts.walls.TenantForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
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
                "verbose_name": "change",
                "verbose_name_plural": "changes",
                "indexes": [
                    models.Index(fields=["tenant", "model", "row", "-id"], name="change_of_row"),
                    models.Index(fields=["tenant", "-id"], name="change_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("act__in", ["added", "changed", "removed"])),
                        name="change_act_is_known",
                    )
                ],
            },
        ),
        RaiseWalls("Change"),
        InsertOnly("Change"),
    ]
