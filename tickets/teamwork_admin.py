"""The tags of the desk in the admin: given other names, made one, thrown away."""

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.admin_base import OwnPages
from accounts.errors import DomainError, NotFound
from tickets.actions.tagging import delete_tag, rename_tag
from tickets.tags import TAG_LENGTH, counted_tags
from tickets.teamwork_models import Tag

PAGE = "admin:tickets_tag_changelist"


class TagAdmin(OwnPages):
    """One page in place of Django's list: every tag with a field for its name."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.named_path("", require_safe(self.show), "changelist"),
            self.named_path("<int:tag_id>/rename/", require_POST(self.rename), "rename"),
            self.named_path("<int:tag_id>/remove/", require_POST(self.remove), "remove"),
        ]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def show(self, request: HttpRequest) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Tags"),
            "opts": self.opts,
            "tags": list(counted_tags()),
            "longest": TAG_LENGTH,
        }
        return TemplateResponse(request, "admin/tickets/tag/page.html", context)

    def rename(self, request: HttpRequest, tag_id: int) -> HttpResponse:
        tag, old = self._named(tag_id)
        try:
            kept = rename_tag(tag_id=tag_id, name=request.POST.get("name", ""), by=request.user)
        except NotFound:
            raise
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(PAGE)
        self.log_change(request, tag, _("Renamed from “%(old)s”") % {"old": old})
        told = _("“%(old)s” is “%(name)s” now.")
        if kept.pk != tag_id:
            told = _("“%(old)s” and “%(name)s” are one now.")
        messages.success(request, told % {"old": old, "name": kept.name})
        return redirect(PAGE)

    def remove(self, request: HttpRequest, tag_id: int) -> HttpResponse:
        tag, old = self._named(tag_id)
        delete_tag(tag_id=tag_id, by=request.user)
        self.log_change(request, tag, _("Removed “%(old)s”") % {"old": old})
        messages.success(request, _("“%(old)s” is gone from all cases.") % {"old": old})
        return redirect(PAGE)

    def _named(self, tag_id: int) -> tuple[Tag, str]:
        tag = Tag.objects.filter(pk=tag_id).first()
        if tag is None:
            raise NotFound
        return tag, tag.name


def register(site: AdminSite) -> None:
    """Put the tags into an admin site."""
    site.register(Tag, TagAdmin)
