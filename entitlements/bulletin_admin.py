"""Where managers write to those who want to hear of a topic (SC-01, SP-04)."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.sites import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.admin_base import NOTHING, OwnPages
from accounts.errors import DomainError, NotFound
from accounts.once import OnceForm, do_once
from accounts.zones import moment_text
from entitlements.announcing import bulletin_audience, send_bulletin
from entitlements.holdings import policy_at
from entitlements.models import Bulletin, Product
from entitlements.topics import find_topic

# Which button was pressed.
SEND = "send"


class BulletinForm(OnceForm):
    topic = forms.ChoiceField(
        label=gettext_lazy("Topic"),
        error_messages={"required": gettext_lazy("Choose a topic.")},
    )
    product = forms.ModelChoiceField(
        queryset=None,
        required=False,
        label=gettext_lazy("About which product"),
        help_text=gettext_lazy("Empty: about none. Some topics are chosen by product."),
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=150,
        error_messages={"required": gettext_lazy("Write a subject.")},
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("Plain text. A greeting, and a link to stop, are put around it."),
        error_messages={"required": gettext_lazy("Write something.")},
    )
    # For what the number was shown: who chooses another topic sees another number first.
    shown_for = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, topics: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["topic"].choices = [NOTHING, *topics]
        self.fields["product"].queryset = Product.objects.order_by("name", "id")

    @property
    def audience_key(self) -> str:
        product = self.cleaned_data["product"]
        return f"{self.cleaned_data['topic']}:{product.pk if product else ''}"


class BulletinAdmin(OwnPages):
    """What was sent, and the page to write something new on."""

    list_display = ["what", "topic_name", "product", "recipients", "sent_by", "sent"]
    list_display_links = None
    list_select_related = ["product", "sent_by", "tenant"]
    ordering = ["-id"]

    def get_urls(self) -> list[URLPattern]:
        write = require_http_methods(["GET", "HEAD", "POST"])(self.write)
        return [
            self.named_path("", require_safe(self.sent_list), "changelist"),
            self.named_path("write/", write, "write"),
            self.named_path("<int:bulletin_id>/", require_safe(self.read), "page"),
        ]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bulletin]:
        return Bulletin.objects.select_related("product", "sent_by", "tenant")

    def sent_list(self, request: HttpRequest) -> HttpResponse:
        return self.changelist_view(request, {"title": _("Notes to topics")})

    @admin.display(description=gettext_lazy("subject"), ordering="subject")
    def what(self, bulletin: Bulletin) -> str:
        url = reverse("admin:entitlements_bulletin_page", args=[bulletin.pk])
        return format_html('<a href="{}">{}</a>', url, bulletin.subject)

    @admin.display(description=gettext_lazy("topic"), ordering="topic")
    def topic_name(self, bulletin: Bulletin) -> str:
        return bulletin.topic

    @admin.display(description=gettext_lazy("sent"), ordering="sent_at")
    def sent(self, bulletin: Bulletin) -> str:
        return moment_text(bulletin.sent_at, bulletin.tenant.time_zone)

    def read(self, request: HttpRequest, bulletin_id: int) -> HttpResponse:
        bulletin = self.get_queryset(request).filter(pk=bulletin_id).first()
        if bulletin is None:
            raise NotFound
        topic = find_topic(policy_at(request.at), bulletin.topic)
        shown = {"bulletin": bulletin, "sent": self.sent(bulletin)}
        shown["topic"] = topic.name if topic else bulletin.topic
        return self._page(request, "page.html", bulletin.subject, shown)

    def write(self, request: HttpRequest) -> HttpResponse:
        policy = policy_at(request.at)
        topics = [(one.code, one.name) for one in (policy.topics if policy else ())]
        form = BulletinForm(request.POST if request.method == "POST" else None, topics)
        shown: dict[str, Any] = {"form": form, "has_topics": bool(topics)}
        if form.is_bound and form.is_valid():
            is_sure = SEND in request.POST and form.cleaned_data["shown_for"] == form.audience_key
            if is_sure and self._sent(request, form):
                return redirect("admin:entitlements_bulletin_changelist")
            shown["audience"] = None if form.errors else self._audience(request, form)
        return self._page(request, "write.html", _("Write to a topic"), shown)

    def _audience(self, request: HttpRequest, form: BulletinForm) -> str | None:
        """Say how many it goes to, and remember for what that was said."""
        data = form.cleaned_data
        try:
            number = len(bulletin_audience(data["topic"], data["product"], request.at))
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
            return None
        if not number:
            form.add_error("topic", _("Nobody may have this topic and wants to hear of it."))
            return None
        form.data = form.data.copy()
        form.data["shown_for"] = form.audience_key
        said = ngettext("It goes to %(number)d person.", "It goes to %(number)d people.", number)
        return said % {"number": number}

    def _sent(self, request: HttpRequest, form: BulletinForm) -> bool:
        try:
            do_once(request, form, partial(self._send, request, form))
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
            return False
        return True

    def _send(self, request: HttpRequest, form: BulletinForm) -> None:
        words = {name: form.cleaned_data[name] for name in ("topic", "product", "subject", "body")}
        bulletin = send_bulletin(by=request.user, at=request.at, **words)
        self.log_addition(request, bulletin, _("Sent"))
        said = ngettext(
            "It is on its way to %(number)d person.",
            "It is on its way to %(number)d people.",
            bulletin.recipients,
        )
        messages.success(request, said % {"number": bulletin.recipients})

    def _page(
        self, request: HttpRequest, template: str, title: str, shown: dict[str, Any]
    ) -> TemplateResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, f"admin/entitlements/bulletin/{template}", whole | shown)


def register(site: AdminSite) -> None:
    """Put notes to topics into an admin site."""
    site.register(Bulletin, BulletinAdmin)
