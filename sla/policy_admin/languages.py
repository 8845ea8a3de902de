"""The texts of the working copy in other languages: which there are, and a page for each."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from sla.editing import save_section
from sla.engine.policy import Policy
from sla.forms.translations import Progress, TranslationForm
from sla.pages import Edited, edited
from sla.policy_admin.base import DraftPages, revision_of
from sla.policy_admin.sections import change_text
from sla.words import language_name


@dataclass(frozen=True, slots=True)
class Language:
    """A language in which the policy is told, or could be.

    `is_spoken`: people can choose it. `is_first`: the desk's own, in which most policies are
    written.
    """

    code: str
    name: str
    progress: Progress
    is_spoken: bool
    is_first: bool

    @property
    def is_begun(self) -> bool:
        return self.progress.done > 0


class LanguagePages(DraftPages):
    def pages(self) -> list[URLPattern]:
        return [
            *super().pages(),
            self.named_path("languages/", self.languages, "languages"),
            self.named_path("languages/<slug:code>/", self.language, "language"),
        ]

    def languages(self, request: HttpRequest) -> HttpResponse:
        return self.page(
            request, "languages", _("Languages"), languages=languages_of(edited().policy)
        )

    def language(self, request: HttpRequest, code: str) -> HttpResponse:
        copy = edited()
        if code not in codes_of(copy.policy):
            raise Http404
        form = TranslationForm(copy.policy, code, request.POST or None)
        trouble: list[str] = []
        if request.method == "POST" and form.is_valid():
            trouble = _save(request, copy, form)
            if not trouble:
                return self.saved(request, change_text(_("Languages"), copy.policy))
        return self.page(
            request,
            "language",
            _("Texts in %(language)s") % {"language": language_name(code)},
            revision=revision_of(request, copy),
            form=form,
            language=code,
            language_name=capfirst(language_name(code)),
            trouble=trouble,
            is_faulty=bool(trouble or form.errors),
        )


def languages_of(policy: Policy) -> list[Language]:
    """List the languages that people can choose, and those in which the policy has words."""
    spoken = dict(settings.LANGUAGES)
    return [
        Language(
            code,
            str(capfirst(language_name(code))),
            TranslationForm(policy, code).progress,
            is_spoken=code in spoken,
            is_first=code == settings.LANGUAGE_CODE,
        )
        for code in codes_of(policy)
    ]


def codes_of(policy: Policy) -> list[str]:
    """List the codes of these languages, the desk's own last."""
    begun = (table.language for table in policy.translations)
    codes = dict.fromkeys([*(code for code, _name in settings.LANGUAGES), *begun])
    return sorted(codes, key=lambda code: code == settings.LANGUAGE_CODE)


def _save(request: HttpRequest, copy: Edited, form: TranslationForm) -> list[str]:
    """Save a valid form; give back what stands against it."""
    sections = {"translations": form.section_of_document() or None}
    revision = revision_of(request, copy)
    try:
        save_section(by=request.user, at=request.at, revision=revision, sections=sections)
    except DomainError as error:
        return [str(error)]
    return []
