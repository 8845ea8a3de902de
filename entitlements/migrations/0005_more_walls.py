from django.db import migrations

from accounts.walls import RaiseWalls, TieForeignKey


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0004_gates_and_benefits")]

    operations = [
        TieForeignKey("Contract", "renewal_contact"),
        RaiseWalls(
            "Release",
            "Licence",
            "Download",
            "TopicChoice",
            "ContractLine",
            "BenefitItem",
            "EntitlementRequest",
            "GateOverride",
        ),
    ]
