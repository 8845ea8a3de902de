"""Why promises were missed, and the monthly reports that customers are sent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.walls
from accounts.walls import InsertOnly, RaiseWalls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0012_desk_moves"),
        ("tickets", "0023_clock_is_promised"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Miss",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("started_seq", models.PositiveIntegerField()),
                ("due_at", models.DateTimeField()),
                ("cause", models.CharField(max_length=20)),
                ("shares", models.JSONField(default=dict)),
                ("tier", models.PositiveSmallIntegerField()),
                ("looked_at", models.DateTimeField()),
                (
                    "case",
                    accounts.walls.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.case",
                    ),
                ),
                (
                    "owner",
                    accounts.walls.TenantForeignKey(
                        null=True,
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
                "indexes": [models.Index(fields=["tenant", "due_at"], name="miss_by_due_time")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "case", "kind", "started_seq"), name="miss_once_a_clock"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cause", ""), _negated=True), name="miss_has_a_cause"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportSwitch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_on", models.BooleanField()),
                ("switched_at", models.DateTimeField()),
                (
                    "company",
                    accounts.walls.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.company",
                    ),
                ),
                (
                    "switched_by",
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
                "indexes": [
                    models.Index(
                        fields=["tenant", "company", "-id"], name="report_switch_by_company"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportWish",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("wants", models.BooleanField()),
                ("said_at", models.DateTimeField()),
                (
                    "person",
                    accounts.walls.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "person"), name="report_wish_once_a_person"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_on", models.DateField(verbose_name="month")),
                ("made_at", models.DateTimeField()),
                ("figures", models.JSONField()),
                ("checksum", models.CharField(max_length=64)),
                (
                    "company",
                    accounts.walls.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_reports",
                        to="accounts.company",
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
                "verbose_name": "monthly report",
                "verbose_name_plural": "monthly reports",
                "indexes": [models.Index(fields=["tenant", "-first_on"], name="report_by_month")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "company", "first_on"), name="report_once_a_month"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_on__day", 1)),
                        name="report_begins_with_its_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("checksum__regex", "^[0-9a-f]{64}$")),
                        name="report_has_a_checksum",
                    ),
                ],
            },
        ),
        RaiseWalls("Miss", "ServiceReport", "ReportSwitch", "ReportWish"),
        InsertOnly("Miss", "ServiceReport", "ReportSwitch"),
    ]
