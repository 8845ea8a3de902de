"""What a vendor looks like: its colour, its logo and its flow chart."""

import django.db.models.deletion
from django.db import migrations, models

from accounts.walls import RaiseWalls


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_operators_stay_apart"),
    ]

    operations = [
        migrations.CreateModel(
            name="Brand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("colour", models.CharField(blank=True, max_length=7, verbose_name="colour")),
                ("logo", models.BinaryField(null=True)),
                ("logo_type", models.CharField(blank=True, max_length=20)),
                ("logo_sha", models.CharField(blank=True, max_length=64)),
                (
                    "logo_alt",
                    models.CharField(blank=True, max_length=200, verbose_name="the logo in words"),
                ),
                ("flow_chart", models.BinaryField(null=True)),
                ("flow_chart_type", models.CharField(blank=True, max_length=20)),
                ("flow_chart_sha", models.CharField(blank=True, max_length=64)),
                (
                    "flow_chart_alt",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="the flow chart in words"
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
                "verbose_name": "name, logo and colour",
                "verbose_name_plural": "name, logo and colour",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant",), name="one_brand_per_tenant"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("colour", ""), ("colour__regex", "^#[0-9a-f]{6}$"), _connector="OR"
                        ),
                        name="brand_colour_is_hex",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("logo__isnull", True), ("logo_sha", "")),
                            models.Q(
                                ("logo__isnull", False), ("logo_sha__regex", "^[0-9a-f]{64}$")
                            ),
                            _connector="OR",
                        ),
                        name="brand_logo_with_its_sha",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("flow_chart__isnull", True), ("flow_chart_sha", "")),
                            models.Q(
                                ("flow_chart__isnull", False),
                                ("flow_chart_sha__regex", "^[0-9a-f]{64}$"),
                            ),
                            _connector="OR",
                        ),
                        name="brand_flow_chart_with_its_sha",
                    ),
                ],
            },
        ),
        RaiseWalls("Brand"),
    ]
