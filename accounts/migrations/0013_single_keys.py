"""Somebody of the desk can turn off that single keys do things (WCAG 2.1.4)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_desk_moves"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="single_keys",
            field=models.BooleanField(default=True, verbose_name="single keys do things"),
        ),
    ]
