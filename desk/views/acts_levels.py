"""What the acts about levels, owners, wishes and restriction do."""

from django.utils.translation import gettext as _

from desk.forms import ActForm
from desk.scene import Scene
from desk.views.case import case_act
from tickets.actions import features, levels, restricting, routing
from tickets.models import LevelRequest


@case_act("decide-level")
def decide_level(scene: Scene, form: ActForm) -> str:
    data = form.cleaned_data
    levels.decide_level_request(
        request_id=data["request"],
        accept=data["decision"] == "accept",
        answer=data["answer"],
        by=scene.by,
        at=scene.at,
    )
    return _("Decided. %(contact)s is told.") % {"contact": scene.case.contact.name}


@case_act("offer-level")
def offer_level(scene: Scene, form: ActForm) -> str:
    wanted = form.effect()
    levels.offer_level(
        axis=wanted["axis"],
        level=wanted["level"],
        kind=LevelRequest.Kind.WORKAROUND,
        reason=form.cleaned_data["reason"],
        **_who(scene),
    )
    return _("Offered to %(contact)s. Nothing changes until they take it.") % {
        "contact": scene.case.contact.name
    }


@case_act("take-offer-back")
def take_offer_back(scene: Scene, form: ActForm) -> str:
    request = form.cleaned_data["request"]
    levels.take_offer_back(request_id=request, by=scene.by, at=scene.at)
    return _("Taken back. %(contact)s is told.") % {"contact": scene.case.contact.name}


@case_act("least-loaded")
def least_loaded(scene: Scene, form: ActForm) -> str:
    case = routing.assign_to_least_loaded(**_who(scene))
    return _("%(owner)s owns the case now.") % {"owner": case.owner.name}


@case_act("feature")
def feature(scene: Scene, form: ActForm) -> str:
    chosen = form.cleaned_data["feature"]
    if chosen:
        wish = features.join_feature(feature_id=chosen, **_who(scene))
    else:
        wish = features.log_feature(title=form.cleaned_data["title"], **_who(scene))
    return _("Logged as a wish: %(title)s.") % {"title": wish.title}


@case_act("restrict")
def restrict(scene: Scene, form: ActForm) -> str:
    restricting.restrict_case(is_restricted=True, reason=form.cleaned_data["reason"], **_who(scene))
    return _("Only those it concerns see the case now.")


@case_act("unrestrict")
def unrestrict(scene: Scene, form: ActForm) -> str:
    restricting.restrict_case(
        is_restricted=False, reason=form.cleaned_data["reason"], **_who(scene)
    )
    return _("Everybody at the desk sees the case now.")


def _who(scene: Scene) -> dict[str, object]:
    return {"case_id": scene.case.pk, "by": scene.by, "at": scene.at}
