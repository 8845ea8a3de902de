"""What a company decides about its own people, invitations, and the question how it was."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.walls


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_single_keys")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="asks_rating",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="person",
            name="sees_company",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="sees all cases of the company"
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="sees_points",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="sees the points of the company"
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="sign_outs",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("invited_at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    accounts.walls.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    accounts.walls.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
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
                        fields=["tenant", "person", "-id"], name="invitation_of_person"
                    )
                ],
            },
        ),
        accounts.walls.RaiseWalls("Invitation"),
    ]
