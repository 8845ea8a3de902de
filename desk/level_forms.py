"""The forms of the case page about levels, review, owners, wishes and who may see a case."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.forms import AS_IT_IS, NOBODY, ActForm, AssignForm, MomentInput, TriageForm, words
from desk.judged import estimate_hint, suggestion_text
from desk.scene import Scene
from desk.words import place_text, sentence
from entitlements.models import Product, Release
from tickets.actions.sorting import Sorting
from tickets.level_errors import ReasonMissing, TitleMissing
from tickets.models import Case, FeatureRequest, LevelRequest
from tickets.timeline import seconds_of
from tickets.wallclock import FORESEEN, read_wall_time

TITLE_LENGTH = FeatureRequest._meta.get_field("title").max_length
NEW_WISH = ("", gettext_lazy("a new wish"))
# By product, the newest first.
RELEASES = ("product__name", "product", "-version_key")
WORKAROUND = [
    AS_IT_IS,
    ("yes", gettext_lazy("one is known")),
    ("no", gettext_lazy("none is known")),
]
SEEN_BY = [
    AS_IT_IS,
    ("yes", gettext_lazy("those it concerns only: a security matter")),
    ("no", gettext_lazy("everybody at the desk")),
]


class ReviewForm(TriageForm):
    """All of a review: also product, situation, team, estimate, who may see the case (MX-23)."""

    product = forms.TypedChoiceField(
        label=gettext_lazy("Product"), required=False, coerce=int, empty_value=None
    )
    release = forms.TypedChoiceField(
        label=gettext_lazy("Release"), required=False, coerce=int, empty_value=None
    )
    environment = forms.ChoiceField(label=gettext_lazy("System"), required=False)
    affected = forms.ChoiceField(label=gettext_lazy("Affected"), required=False)
    workaround = forms.ChoiceField(
        label=gettext_lazy("Workaround"), required=False, choices=WORKAROUND
    )
    team = forms.TypedChoiceField(
        label=gettext_lazy("Team"), required=False, coerce=int, empty_value=None
    )
    estimate_at = forms.CharField(
        label=gettext_lazy("Support begins about"), required=False, widget=MomentInput
    )
    seen_by = forms.ChoiceField(
        label=gettext_lazy("Who may see it"), required=False, choices=SEEN_BY
    )
    field_order = (
        "case_type", "severity", "priority", "product", "release", "environment", "affected",
        "workaround", "team", "owner", "estimate_at", "seen_by", "reason",
    )  # fmt: skip

    def prepare(self, scene: Scene) -> None:
        super().prepare(scene)
        case = scene.case
        products = [(one.pk, one.name) for one in Product.objects.order_by("name", "pk")]
        teams = [(team.pk, place_text(team.tier, team.name)) for team in scene.teams]
        held = {
            "product": case.product_id,
            "team": case.team_id,
            "environment": case.environment,
            "affected": case.affected,
        }
        choices = {
            "product": products,
            "team": teams,
            "environment": Case.Environment.choices,
            "affected": Case.Affected.choices,
        }
        for name, rows in choices.items():
            others = [row for row in rows if row[0] != held[name] or self.is_bound]
            self.fields[name].choices = [AS_IT_IS, *others]
        if len(products) < 2:
            del self.fields["product"]
        self._ask_release()
        self.fields["owner"].choices = [AS_IT_IS, *_owners(scene)]
        self.fields["estimate_at"].help_text = estimate_hint(scene.judged, scene.zone)
        if not scene.by.may("restrict_case"):
            del self.fields["seen_by"]

    def _ask_release(self) -> None:
        """Offer the releases of every product: with another product comes another release."""
        by_product: dict[str, list[tuple[int, str]]] = {}
        for one in Release.objects.select_related("product").order_by(*RELEASES):
            by_product.setdefault(one.product.name, []).append((one.pk, one.version))
        self.fields["release"].choices = [AS_IT_IS, *by_product.items()]
        if not by_product:
            del self.fields["release"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        product = data.get("product") or self.scene.case.product_id
        release = data.get("release")
        if release and not Release.objects.filter(pk=release, product=product).exists():
            self.add_error("release", _("This release is of another product."))
        return data

    def effect(self) -> dict[str, Any]:
        data = self.cleaned_data
        named = {name: data[name] for name in ("team", "release", "affected") if data.get(name)}
        if data.get("product"):
            named["product_id"] = data["product"]
        estimate = self.moment()
        if estimate is not None:
            named["estimate_at"] = seconds_of(estimate)
        return super().effect() | named

    def moment(self) -> datetime | None:
        """Read the estimate. Raises NotAMoment, NoSuchLocalTime, TooFarAhead."""
        text = self.cleaned_data.get("estimate_at")
        if not text:
            return None
        end = self.scene.at + FORESEEN
        return read_wall_time(text, self.scene.zone, field="estimate_at", not_after=end)

    def sorting(self) -> Sorting:
        """Give what the review says beside levels and owner. Raises what `moment` does."""
        data = self.cleaned_data
        seen_by, workaround = data.get("seen_by"), data.get("workaround")
        return Sorting(
            product_id=data.get("product"),
            release_id=data.get("release"),
            team_id=data.get("team"),
            environment=data.get("environment") or None,
            affected=data.get("affected") or None,
            has_workaround=workaround == "yes" if workaround else None,
            estimate_at=self.moment(),
            is_restricted=seen_by == "yes" if seen_by else None,
        )


class OwnerForm(AssignForm):
    """The owner, with what speaks for each: the least loaded of the team first (MX-28)."""

    def prepare(self, scene: Scene) -> None:
        super().prepare(scene)
        self.fields["owner"].choices = [NOBODY, *_owners(scene)]


class LeastLoadedForm(ActForm):
    """Nothing to fill in: `goes_to` says to whom the case would go."""

    def prepare(self, scene: Scene) -> None:
        found = scene.judged.least_loaded
        goes = _("It goes to %(name)s.") % {"name": found}
        self.goes_to = goes if found else _("Nobody else of the team is there now.")

    def drawn_for(self, case: Case) -> str:
        return f"owner {case.owner_id}"


class DecideLevelForm(ActForm):
    """The answer to a level that the customer asks for."""

    request = forms.TypedChoiceField(label=gettext_lazy("What is asked for"), coerce=int)
    decision = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        widget=forms.RadioSelect,
        choices=[("accept", gettext_lazy("Yes")), ("decline", gettext_lazy("No"))],
        error_messages={"required": gettext_lazy("Say yes or no.")},
    )
    answer = words(
        gettext_lazy("Why; the customer reads this"),
        rows=3,
        missing=ReasonMissing.message,
        required=False,
        help_text=gettext_lazy("Needed for a no."),
    )

    def prepare(self, scene: Scene) -> None:
        # Its hint says when it is needed; "optional" would say that it never is.
        self.fields["answer"].is_asked_at_times = True
        self.fields["request"].choices = [
            (one.request.pk, f"{one.axis}: {one.held} → {one.wanted}")
            for one in scene.judged.to_decide
        ]

    def effect(self) -> dict[str, Any]:
        state = LevelRequest.State
        is_yes = self.cleaned_data["decision"] == "accept"
        return {
            "request": self.cleaned_data["request"],
            "state": str(state.ACCEPTED if is_yes else state.DECLINED),
        }


class OfferLevelForm(ActForm):
    """A lower level, offered because there is a workaround (MX-13)."""

    level = forms.ChoiceField(label=gettext_lazy("Level that is offered"))
    reason = words(
        gettext_lazy("The workaround; the customer reads this"),
        rows=3,
        missing=ReasonMissing.message,
    )

    def prepare(self, scene: Scene) -> None:
        self.fields["level"].choices = [
            (f"{axis}:{level.code}", level.name) for axis, level in scene.judged.lower_levels
        ]
        self.fields["level"].help_text = " ".join(
            sentence(f"{level.name}: {'; '.join(lines)}")
            for axis, level in scene.judged.lower_levels
            if (lines := scene.judged.promises(axis, level.code))
        )

    def effect(self) -> dict[str, Any]:
        axis, _colon, level = self.cleaned_data["level"].partition(":")
        return {"axis": axis, "level": level}


class TakeOfferBackForm(ActForm):
    """An offer that the customer has not answered."""

    request = forms.TypedChoiceField(label=gettext_lazy("What was offered"), coerce=int)

    def prepare(self, scene: Scene) -> None:
        self.fields["request"].choices = [
            (one.request.pk, f"{one.axis}: {one.held} → {one.wanted}")
            for one in scene.judged.offered
        ]

    def effect(self) -> dict[str, Any]:
        state = LevelRequest.State.WITHDRAWN
        return {"request": self.cleaned_data["request"], "state": str(state)}


class RestrictForm(ActForm):
    reason = words(gettext_lazy("Why; only the desk reads this"), rows=2, required=False)

    def drawn_for(self, case: Case) -> str:
        return f"restricted {case.is_restricted}"


class FeatureForm(ActForm):
    """The wish that a case is about: one that there is, or a new one."""

    feature = forms.TypedChoiceField(
        label=gettext_lazy("Which wish"), required=False, coerce=int, empty_value=None
    )
    title = forms.CharField(
        label=gettext_lazy("Title of a new one; customers of every company may read it"),
        required=False,
        max_length=TITLE_LENGTH,
    )

    def prepare(self, scene: Scene) -> None:
        self.fields["feature"].choices = [
            NEW_WISH,
            *((one.pk, str(one)) for one in scene.judged.features),
        ]

    def drawn_for(self, case: Case) -> str:
        return f"wish {case.feature_request_id}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("feature") and not data.get("title", "").strip():
            self.add_error("title", str(TitleMissing.message))
        return data

    def effect(self) -> dict[str, Any]:
        chosen = self.cleaned_data["feature"]
        return {"feature": chosen} if chosen else {}


def _owners(scene: Scene) -> list[tuple[int, str]]:
    """List who can own the case: the suggested first, with their reasons, then the others."""
    suggested = {one.person.pk: suggestion_text(one) for one in scene.judged.suggestions}
    others = [(one.pk, one.name) for one in scene.workers if one.pk not in suggested]
    groups = [(_("Suggested"), list(suggested.items()))] if suggested else []
    return [*groups, (_("Others"), others)] if others else groups
