"""When will I hear back: asked before anything is filed."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from portal.asking import PromiseForm
from portal.filing.costs import phone_facts
from portal.filing.draft import read_filing
from portal.foreseeing import Answer, answer_to
from portal.page import NOT_ACCEPTED, PART, customer_page, show
from sla.engine.errors import EngineError
from sla.explain import engine_error_text


@customer_page
@require_safe
def promise(request: HttpRequest) -> HttpResponse:
    filing = read_filing(by=request.user, answers={}, at=request.at)
    form = PromiseForm(request.GET.dict(), filing)
    answer = _answer(form, filing.zone) if form.is_valid() else None
    is_part = PART in request.headers
    shown = {
        "form": form,
        "answer": answer,
        "is_now": not form["when"].value(),
        "is_part": is_part,
        **phone_facts(filing),
    }
    template = "portal/promise/_part.html" if is_part else "portal/promise/page.html"
    response = show(request, template, shown, status=NOT_ACCEPTED if form.errors else None)
    patch_vary_headers(response, [PART])
    return response


def _answer(form: PromiseForm, zone: str) -> Answer | None:
    try:
        return answer_to(form.wish(), by=form.filing.by, at=form.asked_at, zone=zone)
    except EngineError as error:
        form.add_error("when", engine_error_text(error))
    return None
