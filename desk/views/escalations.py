"""The ladder of a case played on: what would happen if nobody did anything."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from desk.ladder_words import step_line
from desk.page import desk_page, show
from desk.scene import Scene
from escalation.dry_run import MOST_STEPS, foresee
from tickets.queries import access_case

SPANS = (1, 3, 7, 14, 30, 90)
USUAL_SPAN = 7


@require_safe
@desk_page
def ladder(request: HttpRequest, number: int) -> HttpResponse:
    scene = Scene(access_case(request.user, number), request.user, request.at)
    days = _days(request.GET.get("days", ""))
    until = request.at + timedelta(days=days)
    found = foresee(scene.case, scene.timeline, at=request.at, until=until)
    shown = {
        "scene": scene,
        "case": scene.case,
        "days": days,
        "spans": SPANS,
        "until": until,
        "steps": [step_line(one) for one in found],
        "is_cut": len(found) == MOST_STEPS,
    }
    return show(request, "desk/escalation/ladder.html", shown)


def _days(text: str) -> int:
    return int(text) if text in map(str, SPANS) else USUAL_SPAN
