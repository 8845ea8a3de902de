"""What the customer's company has bought, and until when."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from entitlements.bought import bought_by
from entitlements.endings import POINTS
from portal.page import customer_page, show
from portal.points import requests_told
from sla.queries import current_policy


@never_cache
@customer_page
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    policy = current_policy(request.at).policy
    bought = bought_by(request.user.company, policy, request.at)
    contact, sees_points = policy.contact, request.user.may("see_points")
    shown = {
        "bought": bought,
        "endings": [one for one in bought.endings if sees_points or one.kind != POINTS],
        "policy": policy,
        "requests": requests_told(request.user, policy),
        "renewal_email": contact.renewal_email or contact.sales_email,
    }
    return show(request, "portal/plan/page.html", shown)
