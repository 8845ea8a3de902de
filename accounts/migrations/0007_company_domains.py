"""The mail domains of companies, by which their people are known (DD-17)."""

import django.db.models.deletion
from django.db import migrations, models

import accounts.walls
from accounts.walls import RaiseWalls


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_brand")]

    operations = [
        migrations.CreateModel(
            name="CompanyDomain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "domain",
                    models.CharField(
                        help_text="what stands behind the @ of its addresses",
                        max_length=253,
                        verbose_name="mail domain",
                    ),
                ),
                (
                    "company",
                    accounts.walls.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="domains",
                        to="accounts.company",
                        verbose_name="company",
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
                "verbose_name": "mail domain",
                "verbose_name_plural": "mail domains",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "domain"), name="domain_of_one_company_per_tenant"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "domain__regex",
                                "^[a-z0-9]([a-z0-9-]*[a-z0-9])?"
                                "(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$",
                            )
                        ),
                        name="company_domain_is_normal",
                    ),
                ],
            },
        ),
        RaiseWalls("CompanyDomain"),
    ]
