import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.walls


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_skill_walls"),
        ("tickets", "0017_life_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReopenRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits"),
                            ("approved", "opened again"),
                            ("declined", "another problem"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="remoteconsent",
            name="consent_withdrawn_by_somebody",
        ),
        migrations.AddConstraint(
            model_name="remoteconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_by__isnull", True), ("withdrawn_at__isnull", False), _connector="OR"
                ),
                name="consent_withdrawn_at_a_moment",
            ),
        ),
        migrations.AddField(
            model_name="reopenrequest",
            name="asked_by",
            field=accounts.walls.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reopenrequest",
            name="case",
            field=accounts.walls.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reopen_requests",
                to="tickets.case",
            ),
        ),
        migrations.AddField(
            model_name="reopenrequest",
            name="decided_by",
            field=accounts.walls.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reopenrequest",
            name="event",
            field=accounts.walls.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reopen_requests",
                to="tickets.caseevent",
            ),
        ),
        migrations.AddField(
            model_name="reopenrequest",
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
            model_name="reopenrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("tenant", "case"),
                name="one_reopening_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="reopenrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("state", "waiting")),
                    models.Q(
                        models.Q(("state", "waiting"), _negated=True), ("decided_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="reopening_decided_at_a_moment",
            ),
        ),
        accounts.walls.RaiseWalls("ReopenRequest"),
    ]
