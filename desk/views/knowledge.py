"""Articles at the desk: found, written, looked at, published, withdrawn; and put into an answer."""

from datetime import date
from functools import reduce
from operator import and_, or_
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, NotAllowed
from accounts.places import site_url
from desk.knowledge_forms import ArticleForm, ListForm, PublishForm
from desk.page import NOT_ACCEPTED, desk_page, refusals_into, show, zone_of
from knowledge.actions import (
    change_article,
    has_changes,
    publish_article,
    withdraw_article,
    write_article,
)
from knowledge.differences import Piece, differences
from knowledge.models import TEXT_FIELDS, Article, ArticleVersion, Audience
from knowledge.queries import (
    access_article,
    access_version,
    all_shelves,
    desk_articles,
    is_review_due,
    versions_of,
    words_about,
    worth_of,
)
from knowledge.search import plain, search_articles, suggest_articles
from knowledge.text import render

ON_A_PAGE = 50
# Which button of the form was pressed.
PREVIEW = "preview"


@require_safe
@desk_page
def articles(request: HttpRequest) -> HttpResponse:
    form = ListForm(request.GET, all_shelves())
    is_valid = form.is_valid()
    wanted = form.cleaned_data if is_valid else {}
    pages = Paginator(_narrowed(request, wanted), ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    listed, today = list(page.object_list), _today(request)
    worth = worth_of(listed)
    rows = [
        {
            "article": one,
            "worth": worth[one.pk],
            "is_due": is_review_due(one, today),
            "has_changes": one.live is not None and one.is_changed,
        }
        for one in listed
    ]
    kept = _query(wanted)
    shown = {"form": form, "rows": rows, "page": page, "kept": kept, "is_narrowed": bool(kept)}
    may = {"may_write": request.user.may("write_articles"), "here": "help"}
    return show(request, "desk/knowledge/list.html", shown | may)


@require_safe
@desk_page
def find(request: HttpRequest) -> JsonResponse:
    """Give the few articles that have some words, for a script that puts one into an answer.

    `inside`: no customer can open it, so it goes into notes only.
    """
    asked = plain(request.GET.get("q", ""))
    found = suggest_articles(request.user, asked)
    listed = [
        {
            "title": one.live.title,
            "address": site_url(request.tenant, f"/help/{one.pk}/"),
            "inside": one.live.audience == Audience.INTERNAL,
        }
        for one in found
    ]
    return JsonResponse({"articles": listed})


@require_safe
@desk_page
def article(request: HttpRequest, article_id: int) -> HttpResponse:
    return _article_page(request, access_article(article_id))


@require_safe
@desk_page
def version(request: HttpRequest, article_id: int, version: int) -> HttpResponse:
    found = access_version(article_id, version)
    shown = {"version": found, "article": found.article, "here": "help"}
    return show(request, "desk/knowledge/version.html", shown)


@require_safe
@desk_page
def changes(request: HttpRequest, article_id: int, version: int) -> HttpResponse:
    """Show what a version changed since the one before, or since another earlier one."""
    now = access_version(article_id, version)
    asked = request.GET.get("since", "")
    since = int(asked) if asked.isdecimal() and len(asked) < 9 else version - 1
    before = access_version(article_id, since) if version > 1 else None
    shown = {
        "version": now,
        "article": now.article,
        "since": since,
        "earlier": range(version - 1, 0, -1),
        "changes": _changes(before, now),
        "here": "help",
    }
    return show(request, "desk/knowledge/changes.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def write(request: HttpRequest, article_id: int | None = None) -> HttpResponse:
    """Write an article or change one; the preview is drawn without anything being kept."""
    if not request.user.may("write_articles"):
        raise NotAllowed
    found = access_article(article_id) if article_id else None
    form = ArticleForm(request.POST if request.method == "POST" else None, found)
    is_look = PREVIEW in request.POST
    if form.is_bound and form.is_valid() and not is_look:
        saved = _saved(request, form, found)
        if saved is not None:
            messages.success(request, _("Saved. Readers see it once it is published."))
            return redirect("desk:article", saved.pk)
    shown = {"form": form, "article": found, "here": "help"}
    if is_look:
        shown["preview"] = render(form.data.get("body", ""))
    status = NOT_ACCEPTED if form.is_bound and form.errors else 200
    return show(request, "desk/knowledge/write.html", shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def publish(request: HttpRequest, article_id: int) -> HttpResponse:
    if not request.user.may("publish_articles"):
        raise NotAllowed
    found = access_article(article_id)
    if request.method != "POST":
        return redirect("desk:article", found.pk)
    form = PublishForm(request.POST)
    if form.is_valid():
        with refusals_into(form):
            data = form.cleaned_data
            done = publish_article(article_id=found.pk, by=request.user, at=request.at, **data)
            told = _("Published: version %(number)d is what readers see now.")
            messages.success(request, told % {"number": done.number})
            return redirect("desk:article", found.pk)
    return _article_page(request, access_article(article_id), form)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def withdraw(request: HttpRequest, article_id: int) -> HttpResponse:
    if not request.user.may("publish_articles"):
        raise NotAllowed
    found = access_article(article_id)
    if request.method == "POST":
        try:
            withdraw_article(article_id=found.pk, by=request.user, at=request.at)
            messages.success(request, _("Withdrawn. Its address says that there is nothing."))
        except DomainError as refusal:
            messages.warning(request, str(refusal))
    return redirect("desk:article", found.pk)


def _narrowed(request: HttpRequest, wanted: dict[str, str]) -> QuerySet[Article]:
    """List the articles that a form asks for, the newest change first.

    What is published is found by all its words, what is not by those of its title alone.
    """
    differs = [~Q(**{name: F(f"live__{name}")}) for name in TEXT_FIELDS]
    is_changed = ExpressionWrapper(reduce(or_, differs), output_field=BooleanField())
    listed = desk_articles().annotate(is_changed=is_changed)
    by_state = {
        "changed": Q(live__isnull=False, is_changed=True),
        "review": Q(review_on__lte=_today(request)) & ~Q(state=Article.State.WITHDRAWN),
    }
    state = wanted.get("state", "")
    if state:
        listed = listed.filter(by_state.get(state, Q(state=state)))
    if wanted.get("category"):
        key = wanted["category"]
        listed = listed.filter(Q(category=key) | Q(category__parent=key))
    asked = plain(wanted.get("q", ""))
    if asked:
        found = [one.pk for one in search_articles(request.user, asked)]
        titles = reduce(and_, (Q(title__icontains=word) for word in asked.split()))
        listed = listed.filter(Q(pk__in=found) | titles)
    return listed


def _changes(before: ArticleVersion | None, now: ArticleVersion) -> list[tuple[str, list[Piece]]]:
    """List the parts of a text that differ, each by its name, with what came and what went."""
    found = []
    for name in TEXT_FIELDS:
        old, new = (_said(one, name) if one else "" for one in (before, now))
        if old != new:
            title = str(ArticleVersion._meta.get_field(name).verbose_name)
            found.append((title, differences(old, new)))
    return found


def _said(text: ArticleVersion, name: str) -> str:
    return text.get_audience_display() if name == "audience" else str(getattr(text, name))


def _query(wanted: dict[str, str]) -> str:
    """Write what the list is narrowed by, for the links to its other pages."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in wanted.items() if value})
    return f"{query.urlencode()}&" if query else ""


def _saved(request: HttpRequest, form: ArticleForm, found: Article | None) -> Article | None:
    """Keep the text; None where that is refused, and the form says why."""
    said = {"draft": form.draft(), "place": form.place(), "by": request.user, "at": request.at}
    with refusals_into(form):
        if found is None:
            return write_article(**said)
        revision = form.cleaned_data["revision"] or 0
        return change_article(article_id=found.pk, revision=revision, **said)
    if found is not None and found.revision != form.cleaned_data["revision"]:
        form.take_newest(found.revision)
    return None


def _article_page(
    request: HttpRequest, found: Article, form: PublishForm | None = None
) -> HttpResponse:
    is_waiting = has_changes(found)
    shown = {
        "article": found,
        "about": list(found.about.all()),
        "is_waiting": is_waiting,
        "is_due": is_review_due(found, _today(request)),
        "worth": worth_of([found])[found.pk],
        "said": words_about(found),
        "versions": versions_of(found),
        "address": site_url(request.tenant, f"/help/{found.pk}/"),
        "may_write": request.user.may("write_articles"),
        "may_publish": request.user.may("publish_articles"),
        "publishing": form or PublishForm(initial={"revision": found.revision}),
        "form": form,
        "here": "help",
    }
    status = NOT_ACCEPTED if form is not None else 200
    return show(request, "desk/knowledge/article.html", shown, status=status)


def _today(request: HttpRequest) -> date:
    return request.at.astimezone(ZoneInfo(zone_of(request.user))).date()
