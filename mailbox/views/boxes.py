"""The mailboxes of a vendor, for its managers: where mail comes in, and whether it does."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailbox.actions import renew_hook, save_mailbox
from mailbox.addresses import usual_authentication
from mailbox.forms import MailboxForm
from mailbox.hooks import hook_url
from mailbox.models import Mailbox
from mailbox.page import NOT_ACCEPTED, mail_page, refusals_into, show
from mailbox.queries import access_mailbox, mailboxes
from outbox.reply_addresses import mail_domain, takes_mail


@mail_page("use_admin")
@require_safe
def boxes(request: HttpRequest) -> HttpResponse:
    shown = {
        "boxes": mailboxes(),
        "domain": mail_domain(request.tenant),
        "takes_mail": takes_mail(),
    }
    return show(request, "incoming/boxes.html", shown)


@mail_page("use_admin")
@require_http_methods(["GET", "HEAD", "POST"])
def box(request: HttpRequest, mailbox_id: int | None = None) -> HttpResponse:
    new = Mailbox(tenant=request.tenant, authentication=usual_authentication())
    row = access_mailbox(mailbox_id) if mailbox_id else new
    form = MailboxForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        with refusals_into(form):
            saved = save_mailbox(
                mailbox_id=mailbox_id,
                facts=form.facts,
                secrets=form.secrets,
                by=request.user,
                at=request.at,
            )
            messages.success(request, _("The mailbox is saved."))
    if request.method == "POST" and not form.errors:
        return redirect("incoming:box", saved.pk)
    shown = {
        "form": form,
        "box": row,
        "hook": hook_url(row) if row.pk else "",
        "domain": mail_domain(request.tenant),
        "has_password": bool(row.imap_password),
        "has_key": bool(row.hook_key),
    }
    return show(request, "incoming/box.html", shown, NOT_ACCEPTED if form.errors else 200)


@mail_page("use_admin")
@require_POST
def new_address(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """Give the webhook another address: the old one brings nothing any more."""
    renew_hook(mailbox_id=mailbox_id, by=request.user, at=request.at)
    messages.success(request, _("The webhook has another address now: give it to the provider."))
    return redirect("incoming:box", mailbox_id)
