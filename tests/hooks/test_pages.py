"""The pages of the endpoints: made, shown once, tested, switched off and on, sent again."""

import re
from html import unescape

from django.urls import reverse

from accounts.tenancy import tenant
from outbox.hook_models import WebhookDelivery, WebhookEndpoint
from tests.cases import file_case
from tests.hooks.conftest import deliver

KINDS = ["case.opened"]


def url(name, *arguments):
    return reverse(f"admin:endpoints_{name}", args=arguments)


def words(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def test_an_endpoint_is_made_tested_and_looked_after(alpha, policy, service, browse):
    manager = browse(alpha.tenant, alpha.manager)
    filled = {"name": "Ops", "url": f"{service.url}/in", "scope": "public", "kinds": KINDS}

    assert "Nobody outside is told anything yet." in words(manager.get(url("list")))
    refused = manager.post(url("new", "standard"), filled | {"url": "https://10.0.0.1/"})
    assert refused.status_code == 422
    assert "which this system does not call" in words(refused)
    made = words(manager.post(url("new", "standard"), filled))
    assert "whsec_" in made
    with tenant(alpha.tenant):
        told = WebhookEndpoint.objects.get()
        file_case(alpha, severity="2")

    assert "whsec_" not in words(manager.get(url("endpoint", told.pk)))
    assert "whsec_" not in manager.get(url("edit", told.pk)).content.decode()
    service.answers = [(500, b"<b>no</b>"), (200, {})]
    manager.post(url("act", told.pk, "test"))
    deliver()
    page = words(manager.get(url("endpoint", told.pk)))
    assert "case.opened" in page
    assert "It answered with an error: 500." in page
    with tenant(alpha.tenant):
        sent = WebhookDelivery.objects.get(state="sent")
        failed = WebhookDelivery.objects.get(state="queued")
    assert "&lt;b&gt;no" in manager.get(url("delivery", failed.pk)).content.decode()
    assert manager.post(url("delivery", sent.pk)).status_code == 302
    manager.post(url("act", told.pk, "off"))
    assert "out of service" in words(manager.get(url("list")))
    manager.post(url("act", told.pk, "on"))
    assert "whsec_" in words(manager.post(url("act", told.pk, "renew")))


def test_forms_ask_for_what_a_shape_needs(alpha, policy, browse):
    manager = browse(alpha.tenant, alpha.manager)

    for shape in WebhookEndpoint.Shape.values:
        assert manager.get(url("new", shape)).status_code == 200
    answer = manager.post(url("new", "pagerduty"), {"name": "Night"})
    assert "Without its key or token nothing can be sent there." in words(answer)
    manager.post(url("new", "pagerduty"), {"name": "Night", "secret": "k" * 32})
    with tenant(alpha.tenant):
        made = WebhookEndpoint.objects.get()
        assert (made.host, made.scope) == ("events.pagerduty.com", "desk")
        assert "k" * 32 not in made.secret.token
    assert manager.get(url("new", "fax")).status_code == 404
    assert browse(alpha.tenant, alpha.lead).get(url("list")).status_code == 404
