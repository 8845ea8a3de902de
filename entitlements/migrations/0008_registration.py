"""Who asks for an account by themselves (DD-17)."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import accounts.walls
from accounts.walls import RaiseWalls


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_company_domains"),
        ("entitlements", "0007_points_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Registration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="e-mail address"),
                ),
                (
                    "email_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.NullIf(
                            django.db.models.functions.text.Lower(
                                models.Func(
                                    django.db.models.functions.text.Trim(models.F("email")),
                                    function="normalize",
                                    template="%(function)s(%(expressions)s, NFKC)",
                                )
                            ),
                            models.Value(""),
                        ),
                        output_field=models.CharField(max_length=254, null=True),
                    ),
                ),
                ("company_name", models.CharField(max_length=200, verbose_name="company")),
                (
                    "licence_number",
                    models.CharField(blank=True, max_length=80, verbose_name="licence number"),
                ),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                (
                    "time_zone",
                    models.CharField(blank=True, max_length=64, verbose_name="time zone"),
                ),
                ("language", models.CharField(default="en", max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "address not proven yet"),
                            ("waiting", "waits for a decision"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("token_digest", models.CharField(max_length=64)),
                ("link_expires_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("proven_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.TextField(blank=True, max_length=2000)),
                (
                    "decided_by",
                    accounts.walls.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    accounts.walls.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registrations",
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
                "verbose_name": "registration",
                "verbose_name_plural": "registrations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["tenant", "proven_at"],
                        name="registration_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "waiting"])),
                        fields=("tenant", "email_key"),
                        name="one_open_registration_an_address",
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "token_digest"), name="registration_link_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proven_at__isnull", True), ("state", "asked")),
                            models.Q(
                                ("proven_at__isnull", False),
                                ("state__in", ["waiting", "accepted", "declined"]),
                            ),
                            _connector="OR",
                        ),
                        name="registration_proven_before_more",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True), ("state__in", ["asked", "waiting"])
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("state__in", ["accepted", "declined"]),
                            ),
                            _connector="OR",
                        ),
                        name="registration_decided_at_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("email", ""),
                                ("name", ""),
                                ("person__isnull", False),
                                ("phone", ""),
                                ("state", "accepted"),
                            ),
                            models.Q(
                                models.Q(("state", "accepted"), _negated=True),
                                ("person__isnull", True),
                                models.Q(("email", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="registration_says_who_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "declined"), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="registration_declined_with_words",
                    ),
                ],
            },
        ),
        RaiseWalls("Registration"),
    ]
