"""A company's points."""

from rest_framework import serializers

from api.fields import LARGEST_NUMBER, Said, Told
from entitlements.models import PointsEntry
from entitlements.statement import PointsShown, Row


class LotOut(Told):
    what = serializers.CharField()
    points = serializers.IntegerField(help_text="With which it was opened.")
    remaining = serializers.IntegerField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Null: never.")


class PointsOut(Told):
    """What is on hand now; what ends first is spent first."""

    balance = serializers.IntegerField()
    lots = LotOut(many=True)
    later_lots = serializers.IntegerField(help_text="Lots that are not listed.")
    later_points = serializers.IntegerField()


class StatementRowOut(Told):
    seq = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=PointsEntry.Kind.values)
    what = serializers.CharField()
    points = serializers.IntegerField(help_text="What it changed, signed.")
    balance_after = serializers.IntegerField()
    case = serializers.IntegerField(allow_null=True, help_text="The number of the case.")
    occurred_at = serializers.DateTimeField()


class StatementOut(Told):
    results = StatementRowOut(many=True)
    next = serializers.CharField(allow_null=True)


class SaleIn(Said):
    pack = serializers.CharField(max_length=60, help_text="A code of the policy.")
    reference = serializers.CharField(max_length=100, help_text="The number of the order.")
    bought_on = serializers.DateField(help_text="A day of the customer's calendar.")
    number = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="Of several of the same pack in one order, which it is.",
    )


def points_told(shown: PointsShown) -> dict[str, object]:
    """Tell what a company has on hand."""
    lots = [
        {
            "what": one.what,
            "points": one.lot.points,
            "remaining": one.lot.remaining,
            "expires_at": one.lot.expires_at,
        }
        for one in shown.lots
    ]
    whole = ("balance", "later_lots", "later_points")
    return dict(PointsOut({"lots": lots} | {name: getattr(shown, name) for name in whole}).data)


def row_told(row: Row) -> dict[str, object]:
    """Tell an entry of a statement."""
    entry = row.entry
    own = ("seq", "kind", "points", "balance_after", "occurred_at")
    told = {name: getattr(entry, name) for name in own}
    what = f"{row.what}: {row.more}" if row.more else row.what
    return dict(StatementRowOut(told | {"what": what, "case": entry.case_number}).data)
