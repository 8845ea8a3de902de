"""The pages of the policy's sections, one form page each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.queries import holders_of_roles
from sla.comparison import differences
from sla.editing import save_section
from sla.engine.policy import Policy
from sla.errors import PolicyIsFaulty
from sla.forms.entries import When
from sla.forms.sections import SECTIONS, SectionPage
from sla.pages import Edited, edited
from sla.policy_admin.base import DraftPages, revision_of
from sla.registry import codes_of_axis
from sla.sentences import retarget_example, roles_today
from sla.summaries import section_summary

# A log is for people: what does not fit is in the comparison of versions.
LONGEST_ENTRY = 1000


class SectionPages(DraftPages):
    def pages(self) -> list[URLPattern]:
        return [
            *super().pages(),
            self.named_path("sections/<slug:section>/", self.section, "section"),
        ]

    def section(self, request: HttpRequest, section: str) -> HttpResponse:
        if section not in SECTIONS:
            raise Http404
        copy = edited()
        page = SectionPage(section, copy.policy, request.POST or None)
        trouble: list[str] = []
        if request.method == "POST" and page.is_valid():
            trouble = _save_section(request, copy, page)
            if not trouble and not page.error_count():
                return self.saved(request, change_text(page.section.title, copy.policy))
        if section == "ladder":
            _name_holders(page, copy.policy)
        return self.page(
            request,
            "section",
            capfirst(page.section.title),
            revision=revision_of(request, copy),
            form_page=page,
            summary=section_summary(section, copy.policy),
            examples=_examples(copy.policy) if section == "retarget" else (),
            products=codes_of_axis("product") if _asks_for_products(page) else (),
            trouble=trouble,
            is_faulty=bool(trouble or page.error_count()),
        )


def change_text(what: object, before: Policy) -> str:
    """Say for the log what was changed of a part since the policy that was looked at."""
    changes = "; ".join(str(change) for change in differences(before, edited().policy))
    said = f"{what}: {changes}" if changes else _("%(what)s: saved unchanged") % {"what": what}
    return said if len(said) <= LONGEST_ENTRY else f"{said[:LONGEST_ENTRY]}…"


def _asks_for_products(page: SectionPage) -> bool:
    entries = (entry for block in page.section.blocks for entry in block.entries)
    return any(isinstance(entry, When) for entry in entries)


def _examples(policy: Policy) -> list[str]:
    """Work an example out for the rule, and for that of a logged call where it has its own."""
    said = [retarget_example(policy.retarget)]
    if policy.retarget.on_call is not None:
        example = retarget_example(policy.retarget.on_call)
        said.append(_("For a logged call: %(example)s") % {"example": example})
    return said


def _name_holders(page: SectionPage, policy: Policy) -> None:
    """Put beside each step of the ladder whom it comes to today."""
    holders = holders_of_roles()
    for form, step in zip(page.blocks[0].rows.forms, policy.ladder, strict=False):
        form.today = roles_today(step, holders)


def _save_section(request: HttpRequest, copy: Edited, page: SectionPage) -> list[str]:
    """Save a valid page; give back what stands against it and belongs to no field."""
    revision = revision_of(request, copy)
    try:
        save_section(by=request.user, at=request.at, revision=revision, sections=page.sections())
    except PolicyIsFaulty as error:
        return page.show(error.faults)
    except DomainError as error:
        return [str(error)]
    return []
