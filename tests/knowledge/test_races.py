"""Two who change one thing at the same moment: the second sees what the first did.

On real connections.
"""

import pytest

from accounts.tenancy import tenant
from knowledge.actions import Draft, Place, change_article, publish_article, withdraw_article
from knowledge.models import Article
from tests.knowledge.writing import published, written
from tests.tickets.test_tie_races import inside, started_behind

pytestmark = pytest.mark.django_db(transaction=True)


def test_article_is_published_once_by_two_who_press_at_once(alpha):
    with tenant(alpha.tenant):
        article = written(alpha)
    press = {"article_id": article.pk, "revision": 1, "by": alpha.lead}

    second = started_behind(
        alpha, lambda at: publish_article(at=at, **press), inside(alpha, publish_article, **press)
    )

    with tenant(alpha.tenant):
        assert (second, article.versions.count()) == (["nothing_to_publish"], 1)


def test_article_is_withdrawn_right_behind_its_publishing(alpha):
    with tenant(alpha.tenant):
        article = published(alpha)
        draft = Draft(title="Import hangs", body="Anew.")
        said = {"article_id": article.pk, "by": alpha.lead}
        change_article(draft=draft, place=Place(), revision=1, at=article.changed_at, **said)

    second = started_behind(
        alpha,
        lambda at: publish_article(revision=2, at=at, **said),
        inside(alpha, withdraw_article, **said),
    )

    with tenant(alpha.tenant):
        state = Article.objects.get(pk=article.pk).state
    assert (second, state) == ([""], Article.State.WITHDRAWN)


def test_article_that_is_withdrawn_is_not_published_by_who_has_not_seen_that(alpha):
    with tenant(alpha.tenant):
        article = published(alpha)
    said = {"article_id": article.pk, "by": alpha.lead}

    second = started_behind(
        alpha,
        lambda at: withdraw_article(at=at, **said),
        inside(alpha, publish_article, revision=1, **said),
    )

    with tenant(alpha.tenant):
        assert second == ["article_changed_meanwhile"]
        assert Article.objects.get(pk=article.pk).live is None


def test_who_saves_an_article_behind_somebody_else_is_told_so(alpha):
    with tenant(alpha.tenant):
        article = written(alpha)
    said = {"article_id": article.pk, "place": Place(), "revision": 1}
    drafts = [Draft(title="Import hangs", body=body) for body in ("First.", "Second.")]

    second = started_behind(
        alpha,
        lambda at: change_article(draft=drafts[0], by=alpha.lead, at=at, **said),
        inside(alpha, change_article, draft=drafts[1], by=alpha.agent, **said),
    )

    with tenant(alpha.tenant):
        body = Article.objects.get(pk=article.pk).body
    assert (second, body) == (["article_changed_meanwhile"], "First.")
