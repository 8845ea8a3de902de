"""The files of a vendor in the admin, to read only: how full the room is, and who had what."""

from django.conf import settings
from django.contrib.admin.sites import AdminSite
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.admin_base import OwnPages
from tickets.attachment_models import AttachmentDownload
from tickets.files import MEGABYTE, bytes_kept
from tickets.queries import visible_cases

PER_PAGE = 100


class AttachmentDownloadAdmin(OwnPages):
    """One page in place of Django's list; the log is only ever added to."""

    def get_urls(self) -> list[URLPattern]:
        return [self.named_path("", require_safe(self.show), "changelist")]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def show(self, request: HttpRequest) -> HttpResponse:
        number = request.GET.get("case", "").rpartition("-")[2]
        logged = Paginator(downloads(request, number), PER_PAGE)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Files and who had them"),
            "opts": self.opts,
            "asked": number,
            "shown": logged.get_page(request.GET.get("page")),
            "has_scanner": bool(settings.ATTACHMENT_SCANNER),
            "kept": bytes_kept(),
            "room": request.tenant.attachment_quota_mb * MEGABYTE,
            "zone": request.tenant.time_zone,
        }
        return TemplateResponse(request, "admin/tickets/attachmentdownload/page.html", context)


def downloads(request: HttpRequest, number: str) -> QuerySet[AttachmentDownload]:
    """List who had which file, the latest first; of one case where a number is given."""
    logged = AttachmentDownload.objects.filter(attachment__case__in=visible_cases(request.user))
    if number:
        digits = number if number.isdecimal() and len(number) < 10 else "0"
        logged = logged.filter(attachment__case__number=int(digits))
    return logged.select_related("attachment__case", "person").order_by("-pk")


def register(site: AdminSite) -> None:
    """Put the log of downloads into an admin site."""
    site.register(AttachmentDownload, AttachmentDownloadAdmin)
