"""The next case for whoever asks for work."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from desk.page import NOT_SENT, desk_page
from tickets.actions.routing import take_next
from tickets.level_errors import NoNextCase
from tickets.wording import display_number


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def take(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":  # having signed in again on the way
        messages.warning(request, NOT_SENT)
        return redirect("desk:queue")
    try:
        case = take_next(by=request.user, at=request.at)
    except NoNextCase as none:
        messages.info(request, str(none))
        return redirect("desk:queue")
    messages.success(request, _("%(case)s is yours now.") % {"case": display_number(case)})
    return redirect("desk:case", case.number)
