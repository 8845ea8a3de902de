"""The providers whose webhooks bring mail: where each puts the mail as it came, and how it signs.

Only shapes that bring the whole mail are taken: it is kept as it is and read like any other, in a
process that can be killed, and never by what a provider made of it. Signatures are checked by
django-anymail, which knows how each of them does it.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.webhooks.base import AnymailCoreWebhookView
from anymail.webhooks.mailersend import MailerSendInboundWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.postal import PostalInboundWebhookView
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.errors import Invalid
from mailbox.errors import HookRefused
from mailbox.models import RawMail
from mailbox.receiving import Came

MOST_FIELDS = 200


class NotWholeMail(Invalid):
    """The webhook is set to bring the parts of a mail, or something else than mail."""

    code = "not_whole_mail"
    message = _("Set the webhook to bring the whole mail (raw MIME), for this is none.")


Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Provider:
    """How one provider posts a mail. `raw`, `sender` and `recipients` read its fields.

    `view` checks its signature with a key that is given as `key`; None where it does not sign, and
    the secret in the address is all.
    """

    name: str
    raw: Callable[[Fields], object]
    sender: Callable[[Fields], object]
    recipients: Callable[[Fields], Sequence[object]]
    view: type[AnymailCoreWebhookView] | None = None
    key: str = ""


def came_by(provider: str, request: HttpRequest, key: str) -> Came:
    """Check the signature of a webhook's post and take the mail out of it.

    Raises HookRefused, NotWholeMail.
    """
    known = PROVIDED[provider]
    fields = fields_of(request)
    if known.view is not None:
        _check(known, request, fields, key)
    try:
        raw = known.raw(fields)
        sender, recipients = known.sender(fields), known.recipients(fields)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise NotWholeMail from error
    mail = raw if isinstance(raw, bytes) else str(raw).encode("utf-8", "surrogateescape")
    if not mail.strip():
        raise NotWholeMail
    to = [str(one) for one in recipients if one]
    return Came(mail, RawMail.Source.HOOK, str(sender or ""), to)


def fields_of(request: HttpRequest) -> Fields:
    """Read what was posted: JSON, or the fields of a form; values of a form are bytes.

    Not by Django's parser, whose limit for a field is far below a mail. Raises NotWholeMail.
    """
    kind = request.content_type or ""
    try:
        if kind == "application/json":
            found = json.loads(request.body)
            if not isinstance(found, dict):
                raise NotWholeMail
            return found
        if kind == "multipart/form-data":
            return dict(_parts(request.body, request.content_params.get("boundary", "")))
        pairs = parse_qsl(request.body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (ValueError, RecursionError) as error:
        raise NotWholeMail from error
    return {name.decode("utf-8", "replace"): value for name, value in pairs}


def _parts(body: bytes, boundary: str) -> list[tuple[str, bytes]]:
    """Take a form apart by its boundary; a field that is there twice counts as it stands last."""
    if not boundary:
        raise NotWholeMail
    pieces = body.split(b"--" + boundary.encode("latin-1", "replace"), MOST_FIELDS)[1:]
    found = []
    for piece in pieces:
        head, _gap, content = piece.partition(b"\r\n\r\n")
        name = _name_of(head)
        if name:
            found.append((name, content.removesuffix(b"\r\n")))
    return found


def _name_of(head: bytes) -> str:
    for line in head.split(b"\r\n")[:20]:
        name, _colon, value = line.partition(b":")
        if name.strip().lower() == b"content-disposition":
            message = Message()
            message["Content-Disposition"] = value.strip().decode("latin-1")
            return str(message.get_param("name", "", "content-disposition"))
    return ""


def _check(known: Provider, request: HttpRequest, fields: Fields, key: str) -> None:
    """Have the provider's signature checked. Raises HookRefused, also where there is no key."""
    if not key:
        raise HookRefused
    seen = HttpRequest()
    seen.META, seen.content_type = request.META, request.content_type
    seen._body = request.body
    posted = QueryDict(mutable=True)
    for name in ("token", "timestamp", "signature"):
        posted[name] = _text(fields.get(name, ""))
    seen.POST = posted
    try:
        assert known.view is not None
        known.view(**{known.key: key}).run_validators(seen)
    except (AnymailWebhookValidationFailure, AnymailError, ValueError) as error:
        raise HookRefused from error


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _sendgrid_envelope(fields: Fields) -> Mapping[str, Any]:
    return json.loads(_text(fields["envelope"]))


PROVIDED: Mapping[str, Provider] = {
    "mailgun": Provider(
        "Mailgun",
        raw=lambda fields: fields["body-mime"],
        sender=lambda fields: _text(fields.get("sender", "")),
        recipients=lambda fields: _text(fields.get("recipient", "")).split(","),
        view=MailgunInboundWebhookView,
        key="webhook_signing_key",
    ),
    "mailersend": Provider(
        "MailerSend",
        raw=lambda fields: fields["data"]["raw"],
        sender=lambda fields: fields["data"].get("sender", {}).get("email", ""),
        recipients=lambda fields: [
            one["email"] for one in fields["data"].get("recipients", {}).get("rcptTo", [])
        ],
        view=MailerSendInboundWebhookView,
        key="inbound_secret",
    ),
    "postal": Provider(
        "Postal",
        raw=lambda fields: (
            b64decode(fields["message"], validate=True)
            if fields.get("base64") is True
            else fields["message"]
        ),
        sender=lambda fields: fields.get("mail_from", ""),
        recipients=lambda fields: [fields.get("rcpt_to", "")],
        view=PostalInboundWebhookView,
        key="webhook_key",
    ),
    "postmark": Provider(
        "Postmark",
        raw=lambda fields: fields["RawEmail"],
        sender=lambda fields: "",
        recipients=lambda fields: [fields.get("OriginalRecipient", "")],
    ),
    "sendgrid": Provider(
        "SendGrid",
        raw=lambda fields: fields["email"],
        sender=lambda fields: _sendgrid_envelope(fields).get("from", ""),
        recipients=lambda fields: _sendgrid_envelope(fields).get("to", []),
    ),
}
PROVIDERS = [(code, one.name) for code, one in PROVIDED.items()]
