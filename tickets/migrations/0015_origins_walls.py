from django.db import migrations

from accounts.walls import RaiseWalls, TieForeignKey


class Migration(migrations.Migration):
    dependencies = [("tickets", "0014_origins_and_agreements")]

    operations = [
        TieForeignKey("Case", "release"),
        TieForeignKey("Case", "origin"),
        RaiseWalls("RemoteConsent", "SplitProposal"),
    ]
