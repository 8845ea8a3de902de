"""The next case for whoever asks for work."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from desk.page import desk_page
from tickets.actions.routing import take_next
from tickets.level_errors import NoNextCase
from tickets.wording import display_number


@require_POST
@desk_page
def take(request: HttpRequest) -> HttpResponse:
    try:
        case = take_next(by=request.user, at=request.at)
    except NoNextCase as none:
        messages.info(request, str(none))
        return redirect("desk:queue")
    messages.success(request, _("%(case)s is yours now.") % {"case": display_number(case)})
    return redirect("desk:case", case.number)
