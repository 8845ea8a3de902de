"""Changes of many cases, how far each of the desk has read a case, and indexes to count by."""

import accounts.walls
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_desk_moves"),
        ("entitlements", "0011_as_asked"),
        ("sla", "0006_withdrawal_customer_note"),
        ("tickets", "0024_ratings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen_seq", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits"),
                            ("done", "changed"),
                            ("same", "was so already"),
                            ("refused", "refused"),
                            ("undone", "changed back"),
                            ("kept", "could not be changed back"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=300)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("changes", models.JSONField(default=dict)),
                ("words", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True)),
                ("note", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("running", "being done"),
                            ("done", "done"),
                            ("undoing", "being undone"),
                            ("undone", "undone"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("planned_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("undo_until", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CaseLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name="storedclock",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["tenant", "due_at", "at_risk_at", "kind"],
                name="clock_open_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=["tenant", "status", "next_due_at"],
                name="case_by_status",
            ),
        ),
        migrations.AddField(
            model_name="bulkcase",
            name="case",
            field=accounts.walls.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bulk_rows",
                to="tickets.case",
            ),
        ),
        migrations.AddField(
            model_name="bulkcase",
            name="tenant",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.tenant",
            ),
        ),
        migrations.AddField(
            model_name="bulkchange",
            name="by",
            field=accounts.walls.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bulk_changes",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="bulkchange",
            name="tenant",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.tenant",
            ),
        ),
        migrations.AddField(
            model_name="bulkcase",
            name="bulk",
            field=accounts.walls.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="tickets.bulkchange",
            ),
        ),
        migrations.AddField(
            model_name="caselook",
            name="case",
            field=accounts.walls.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="looks", to="tickets.case"
            ),
        ),
        migrations.AddField(
            model_name="caselook",
            name="person",
            field=accounts.walls.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="caselook",
            name="tenant",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.tenant",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["planned", "running", "done", "undoing", "undone"])
                ),
                name="bulk_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkcase",
            constraint=models.UniqueConstraint(
                fields=("tenant", "bulk", "case"), name="bulk_case_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["refused", "kept"]), _negated=True),
                    models.Q(("why", ""), _negated=True),
                    _connector="OR",
                ),
                name="bulk_refusal_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="caselook",
            constraint=models.UniqueConstraint(
                fields=("tenant", "case", "person"), name="look_once"
            ),
        ),
        accounts.walls.RaiseWalls("BulkChange", "BulkCase", "CaseLook"),
    ]
