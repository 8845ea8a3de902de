"""The support policy and the articles, as programs read them."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from accounts.models import Person
from api.fields import Told
from api.shapes.cases import ProductOut
from entitlements.models import Product
from entitlements.queries import products_with_releases
from sla.engine.policy import Policy
from sla.models import PolicyVersion


class PartOut(Told):
    code = serializers.CharField()
    name = serializers.CharField()


class AxisOut(Told):
    axis = serializers.ChoiceField(choices=["severity", "priority"])
    levels = PartOut(many=True, help_text="The most pressing first.")


class SupportedOut(ProductOut):
    releases = serializers.ListField(
        child=serializers.CharField(), help_text="The versions that a case can name, newest first."
    )


class PolicyOut(Told):
    """A published policy: the codes that cases name, and for the desk the whole document."""

    version = serializers.IntegerField()
    name = serializers.CharField()
    effective_at = serializers.DateTimeField()
    axes = AxisOut(many=True)
    case_types = PartOut(many=True)
    channels = PartOut(many=True)
    plans = PartOut(many=True)
    editions = PartOut(many=True)
    regions = PartOut(many=True)
    packs = PartOut(many=True)
    products = SupportedOut(many=True)
    url = serializers.CharField(help_text="The policy, for people.")
    document = serializers.CharField(
        allow_null=True, help_text="As TOML, with its aims and sources; null for customers."
    )


class VersionOut(Told):
    version = serializers.IntegerField(source="number")
    begins_at = serializers.DateTimeField(
        source="begun_at", allow_null=True, help_text="Null: it never counts."
    )
    published_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    checksum = serializers.CharField()


class VersionsOut(Told):
    results = VersionOut(many=True)


class ArticleLineOut(Told):
    id = serializers.IntegerField()
    title = serializers.CharField()
    summary = serializers.CharField()
    language = serializers.CharField()
    audience = serializers.CharField()
    category = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    url = serializers.CharField(help_text="Its page, for people.")


class ArticleOut(ArticleLineOut):
    body = serializers.CharField(help_text="Markdown.")
    products = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of what it is about; empty: anything."
    )


class ArticlesOut(Told):
    results = ArticleLineOut(many=True)
    next = serializers.CharField(allow_null=True)


def policy_told(policy: Policy, version: PolicyVersion, reader: Person, url: str) -> dict[str, Any]:
    """Tell a published policy in the words of the language that is spoken."""
    parts = ("case_types", "channels", "plans", "editions", "regions", "packs")
    told = {
        "version": version.number,
        "name": policy.name,
        "effective_at": version.effective_at,
        "axes": [{"axis": axis, "levels": _parts(policy.levels(axis))} for axis in policy.axes],
        "products": [_product(product) for product in products_with_releases()],
        "url": url,
        "document": None if reader.is_customer else version.document,
        **{name: _parts(getattr(policy, name)) for name in parts},
    }
    return dict(PolicyOut(told).data)


def _product(product: Product) -> dict[str, Any]:
    versions = [release.version for release in product.releases.all()]
    return {"code": product.code, "name": product.name, "releases": versions}


def _parts(parts: Iterable[Any]) -> list[dict[str, str]]:
    return [{"code": one.code, "name": str(getattr(one, "name", "") or one.code)} for one in parts]
