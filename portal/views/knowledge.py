"""Help: articles, documents and trainings. Open to everybody as far as each says so."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound
from knowledge.actions import give_feedback
from knowledge.queries import (
    access_category,
    access_document,
    access_live,
    documents_of,
    own_feedback,
    readable_articles,
    related_articles,
    shelves,
    trainings_from,
)
from knowledge.search import plain, search_articles
from portal.help import documents_by_product, newest_articles, reader_of, reader_zone
from portal.page import NOT_ACCEPTED, customer_page, refusals_into
from portal.suggesting import FeedbackForm

ON_A_PAGE = 50

View = Callable[..., HttpResponse]


def open_page(view: View) -> View:
    """Show a page to everybody. What a stranger does not find may be there after signing in."""

    @require_safe
    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            raise Http404 from error

    return entered


@open_page
def home(request: HttpRequest) -> HttpResponse:
    reader, asked = reader_of(request), plain(request.GET.get("q", ""))
    if asked:
        found = list(search_articles(reader, asked))
        return _page(request, "search.html", {"asked": asked, "articles": found})
    shown = {
        "shelves": shelves(reader),
        "newest": newest_articles(reader),
        "trainings": trainings_from(request.at)[:3],
    }
    return _page(request, "home.html", shown)


@open_page
def category(request: HttpRequest, category_id: int) -> HttpResponse:
    reader, found = reader_of(request), access_category(category_id)
    here = [found.pk, *found.children.values_list("pk", flat=True)]
    articles = readable_articles(reader).filter(category__in=here).order_by("live__title", "pk")
    pages = Paginator(articles, ON_A_PAGE)
    if not pages.count:
        raise NotFound
    page = pages.get_page(request.GET.get("page"))
    tree = [shelf for shelf in shelves(reader) if shelf.category.pk == found.pk]
    shown = {"category": found, "page": page, "below": tree[0].below if tree else ()}
    return _page(request, "category.html", shown)


@open_page
def article(request: HttpRequest, article_id: int) -> HttpResponse:
    return _article_page(request, article_id)


@customer_page
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, article_id: int) -> HttpResponse:
    """Take what a customer says of an article; asked for plainly it leads back to it."""
    place = f"{reverse('portal:help_article', args=[article_id])}#helpful"
    if request.method != "POST":
        return redirect(place)
    form = FeedbackForm(request.POST)
    if form.is_valid():
        with refusals_into(form):
            give_feedback(
                article_id=article_id, by=request.user, at=request.at, **form.cleaned_data
            )
            messages.success(request, _("Thank you. That helps us to write better."))
            return redirect(place)
    return _article_page(request, article_id, form)


@open_page
def documents(request: HttpRequest) -> HttpResponse:
    shown = {"products": documents_by_product(reader_of(request))}
    return _page(request, "documents.html", shown)


@open_page
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """Lead to where a document is, or give its file to save."""
    found = access_document(reader_of(request), document_id)
    if found.address:
        return HttpResponseRedirect(found.address)
    file = found.files.get()
    answer = HttpResponse(bytes(file.content), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = content_disposition_header(True, file.name)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@open_page
def training(request: HttpRequest) -> HttpResponse:
    return _page(request, "training.html", {"trainings": trainings_from(request.at)})


def _article_page(
    request: HttpRequest, article_id: int, form: FeedbackForm | None = None
) -> HttpResponse:
    reader = reader_of(request)
    found = access_live(reader, article_id)
    about = list(found.about.all())
    said = own_feedback(found, reader)
    products = [one.product for one in about]
    shown = {
        "article": found,
        "about": about,
        "said": said,
        "form": form,
        "feedback": form or FeedbackForm(initial=_said_before(said)),
        "related": related_articles(found, reader),
        "documents": documents_of(products, reader) if products else [],
    }
    return _page(request, "article.html", shown, NOT_ACCEPTED if form else 200)


def _said_before(said: object) -> dict[str, object]:
    return {"words": said.words} if said else {}


def _page(
    request: HttpRequest, template: str, shown: dict[str, object], status: int = 200
) -> HttpResponse:
    whole = {"zone": reader_zone(request), **shown}
    return render(request, f"portal/knowledge/{template}", whole, status=status)
