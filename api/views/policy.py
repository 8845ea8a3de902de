"""The support policy, articles, and who asks."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import NotFound
from accounts.places import site_url
from api import examples
from api.errors import BadParameter
from api.fields import NamedOut, Told
from api.parameters import ARTICLE, PAGES, VERSION, query
from api.reading import key_in, page_of
from api.shapes.policy import (
    ArticleLineOut,
    ArticleOut,
    ArticlesOut,
    PolicyOut,
    VersionOut,
    VersionsOut,
    policy_told,
)
from api.view import ApiView, operation
from knowledge.models import Article
from knowledge.queries import access_live, readable_articles
from knowledge.search import LONGEST_ASKED, search_articles
from sla.models import PolicyVersion
from sla.queries import access_version, current_policy, policy_version, published_versions

Q = query("q", f"Words to look for, at most {LONGEST_ASKED} letters: the best are given at once.")


class CurrentPolicy(ApiView):
    @operation(
        id="policy_read",
        tag="Policy",
        summary="Read the support policy in effect",
        scope="policy:read",
        gives={200: PolicyOut},
    )
    def get(self, request: Request) -> Response:
        return _policy(request, access_version(current_policy(request.at).number))


class Versions(ApiView):
    @operation(
        id="policy_versions",
        tag="Policy",
        summary="List the published versions",
        about="The newest first. Customers read of those that were ever in effect or are to be.",
        scope="policy:read",
        gives={200: VersionsOut},
    )
    def get(self, request: Request) -> Response:
        found = _visible(request).order_by("-number")
        return Response({"results": VersionOut(found, many=True).data})


class OneVersion(ApiView):
    @operation(
        id="policy_version",
        tag="Policy",
        summary="Read a published version",
        scope="policy:read",
        gives={200: PolicyOut},
        parameters=(VERSION,),
    )
    def get(self, request: Request, number: str) -> Response:
        found = _visible(request).filter(number=key_in(number)).first()
        if found is None:
            raise NotFound
        return _policy(request, found)


class Articles(ApiView):
    @operation(
        id="articles_list",
        tag="Knowledge",
        summary="Search articles, or list them",
        about="With `q` the best first, all on one page; without it all, by their keys.",
        scope="knowledge:read",
        gives={200: ArticlesOut},
        parameters=(Q, *PAGES),
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params.get("q")
        if asked is None:
            page = page_of(request, readable_articles(request.user), "pk")
            return Response(page.told(lambda rows: [_line(request, one) for one in rows]))
        if not asked.strip() or len(asked) > LONGEST_ASKED:
            raise BadParameter(name="q", field="q")
        found = search_articles(request.user, asked)
        return Response({"results": [_line(request, one) for one in found], "next": None})


class OneArticle(ApiView):
    @operation(
        id="articles_read",
        tag="Knowledge",
        summary="Read an article",
        scope="knowledge:read",
        gives={200: ArticleOut},
        parameters=(ARTICLE,),
    )
    def get(self, request: Request, article: str) -> Response:
        found = access_live(request.user, key_in(article))
        assert found.live is not None
        about = (one.product.code for one in found.about.all() if one.product is not None)
        products = sorted(set(about))
        told = _facts(request, found) | {"body": found.live.body, "products": products}
        return Response(ArticleOut(told).data)


class MeOut(Told):
    """Who the token acts for, and what it may do."""

    person = NamedOut()
    role = serializers.CharField()
    company = NamedOut(allow_null=True)
    vendor = serializers.CharField()
    token = serializers.CharField(help_text="What the token is for.")
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()
    now = serializers.DateTimeField(help_text="The desk's clock.")


class Me(ApiView):
    @operation(
        id="me",
        tag="Access",
        summary="Who am I?",
        gives={200: MeOut},
        answer=examples.ME,
    )
    def get(self, request: Request) -> Response:
        person, token = request.user, request.auth
        told = {
            "person": person,
            "role": person.role,
            "company": person.company,
            "vendor": request.tenant.name,
            "token": token.name,
            "scopes": token.codes,
            "expires_at": token.expires_at,
            "now": request.at,
        }
        return Response(MeOut(told).data)


def _policy(request: Request, version: PolicyVersion) -> Response:
    url = site_url(request.tenant, reverse("portal:policy"))
    return Response(policy_told(policy_version(version.pk), version, request.user, url))


def _visible(request: Request) -> QuerySet[PolicyVersion]:
    versions = published_versions()
    return versions.exclude(begun_at=None) if request.user.is_customer else versions


def _line(request: Request, article: Article) -> dict[str, Any]:
    return dict(ArticleLineOut(_facts(request, article)).data)


def _facts(request: Request, article: Article) -> dict[str, Any]:
    live = article.live
    assert live is not None
    page = "portal:help_article" if request.user.is_customer else "desk:article"
    own = ("title", "summary", "language", "audience", "published_at")
    return {name: getattr(live, name) for name in own} | {
        "id": article.pk,
        "category": article.category.name if article.category else None,
        "version": live.number,
        "url": site_url(request.tenant, reverse(page, args=[article.pk])),
    }
