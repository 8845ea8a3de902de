"""What lies beside the articles, at the desk: categories, documents, dates of trainings."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, NotAllowed, NotFound
from desk.knowledge_forms import CategoryForm, DocumentForm, PlainForm, TrainingForm
from desk.page import NOT_ACCEPTED, desk_page, refusals_into, show
from knowledge.models import Document, TrainingDate
from knowledge.queries import (
    access_category,
    access_document,
    all_shelves,
    all_trainings,
    documents_for,
    files_of,
)
from knowledge.shelving import (
    remove_category,
    remove_document,
    remove_training,
    save_category,
    save_document,
    save_training,
)

REMOVE = "remove"
TRAININGS_LISTED = 200

_form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@desk_page
def categories(request: HttpRequest) -> HttpResponse:
    return _list(request, "categories", {"shelves": all_shelves()})


@_form_page
@desk_page
def category(request: HttpRequest, category_id: int | None = None) -> HttpResponse:
    _refuse_who_may_not(request)
    found = access_category(category_id) if category_id else None
    form = CategoryForm(_sent(request), found)

    def save() -> object:
        return save_category(category_id=category_id, by=request.user, **form.wish())

    def remove() -> None:
        remove_category(category_id=found.pk, by=request.user)

    return _done(request, form, "categories", save, remove) or _page(
        request, form, "categories", found
    )


@require_safe
@desk_page
def documents(request: HttpRequest) -> HttpResponse:
    found = list(documents_for(request.user))
    files = files_of(found)
    shown = [(one, files.get(one.pk, ("", 0))[0]) for one in found]
    return _list(request, "documents", {"documents": shown})


@_form_page
@desk_page
def document(request: HttpRequest, document_id: int | None = None) -> HttpResponse:
    _refuse_who_may_not(request)
    found = access_document(request.user, document_id) if document_id else None
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = DocumentForm(*sent, found)

    def save() -> Document:
        return save_document(
            document_id=document_id,
            what=form.what(),
            address=form.cleaned_data["address"],
            upload=form.upload(),
            by=request.user,
        )

    def remove() -> None:
        remove_document(document_id=found.pk, by=request.user)

    files = files_of([found]) if found else {}
    kept = {"file": next(iter(files.values()), None), "takes_file": True}
    return _done(request, form, "documents", save, remove) or _page(
        request, form, "documents", found, kept
    )


@require_safe
@desk_page
def trainings(request: HttpRequest) -> HttpResponse:
    shown = {"trainings": all_trainings()[:TRAININGS_LISTED], "at": request.at}
    return _list(request, "training", shown)


@_form_page
@desk_page
def training(request: HttpRequest, training_id: int | None = None) -> HttpResponse:
    _refuse_who_may_not(request)
    found = _training(training_id) if training_id else None
    form = TrainingForm(_sent(request), found, request.tenant.time_zone)

    def save() -> TrainingDate:
        return save_training(training_id=training_id, by=request.user, **form.cleaned_data)

    def remove() -> None:
        remove_training(training_id=found.pk, by=request.user)

    return _done(request, form, "training", save, remove) or _page(request, form, "training", found)


def _refuse_who_may_not(request: HttpRequest) -> None:
    if not request.user.may("publish_articles"):
        raise NotAllowed


def _training(training_id: int) -> TrainingDate:
    found = TrainingDate.objects.filter(pk=training_id).select_related("product").first()
    if found is None:
        raise NotFound
    return found


def _sent(request: HttpRequest) -> object:
    return request.POST if request.method == "POST" else None


def _done(
    request: HttpRequest,
    form: PlainForm,
    tab: str,
    save: Callable[[], object],
    remove: Callable[[], None],
) -> HttpResponse | None:
    """Save or remove what a form is about and lead back to its list; None where it is shown."""
    if request.method != "POST":
        return None
    if REMOVE in request.POST:
        try:
            remove()
        except DomainError as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("Removed."))
        return redirect(f"desk:help_{tab}")
    if form.is_valid():
        with refusals_into(form):
            messages.success(request, _("Saved: “%(name)s”.") % {"name": save()})
            return redirect(f"desk:help_{tab}")
    return None


def _list(request: HttpRequest, tab: str, shown: dict[str, object]) -> HttpResponse:
    may = {"may_publish": request.user.may("publish_articles"), "tab": tab, "here": "help"}
    return show(request, f"desk/knowledge/{tab}.html", may | shown)


def _page(
    request: HttpRequest,
    form: PlainForm,
    tab: str,
    found: object,
    more: dict[str, object] | None = None,
) -> HttpResponse:
    shown = {"form": form, "tab": tab, "found": found, "here": "help", **(more or {})}
    status = NOT_ACCEPTED if form.is_bound else 200
    return show(request, "desk/knowledge/form.html", shown, status=status)
