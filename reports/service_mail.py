"""Mailing the monthly report: to whom, and how it reads. Asked again when it leaves."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import roles
from accounts.errors import NotFound
from accounts.models import Person
from accounts.places import site_url
from accounts.tenancy import current_tenant_id
from outbox.actions import Queued, queue_messages
from outbox.registry import Refs, Rendered, register
from reports.models import ReportSwitch, ReportWish, ServiceReport
from reports.service_reading import month_name, shown_to

KIND = "service_report"
SALT = "reports.service.stop"


def register_service_mail() -> None:
    """Tell the outbox about the monthly report."""
    register(KIND, _may_have, _words)


def queue_reports(reports: Sequence[ServiceReport], *, at: datetime, again: bool = False) -> None:
    """Queue the mail of reports to all who may have them; `again`: also to who had it before."""
    receivers = receivers_of({report.company_id for report in reports})
    moment = f":again:{int(at.timestamp())}" if again else ""
    messages = [
        Queued(
            kind=KIND,
            recipient_id=person.pk,
            refs={"report": report.pk},
            dedupe_key=f"{KIND}:{report.pk}{moment}:{person.pk}",
        )
        for report in reports
        for person in receivers[report.company_id]
    ]
    if messages:
        queue_messages(messages=messages, at=at)


def receivers_of(company_ids: Collection[int]) -> dict[int, list[Person]]:
    """Find by company who is mailed: its admins who want it, where the mail is not switched off.

    Three statements, however many companies.
    """
    found: dict[int, list[Person]] = defaultdict(list)
    off = companies_switched_off(company_ids)
    unwanted = ReportWish.objects.filter(wants=False).values("person")
    people = Person.objects.filter(
        company__in=set(company_ids) - off, role=roles.COMPANY_ADMIN, is_active=True
    )
    for person in people.exclude(email="").exclude(pk__in=unwanted).order_by("name", "pk"):
        assert person.company_id is not None  # the role has one, by a constraint
        found[person.company_id].append(person)
    return found


def companies_switched_off(company_ids: Iterable[int]) -> set[int]:
    """Find the companies to which a manager has the report not mailed."""
    switches = ReportSwitch.objects.filter(company__in=company_ids)
    last = switches.order_by("company", "-pk").distinct("company")
    return {company for company, is_on in last.values_list("company", "is_on") if not is_on}


def stop_url(person: Person) -> str:
    """Write the address that ends the mail for a person, whoever is signed in or nobody."""
    token = Signer(salt=SALT).sign_object([current_tenant_id(), person.pk])
    return site_url(person.tenant, reverse("portal:report_stop", args=[token]))


def read_stop(token: str) -> Person:
    """Read whose mail an address ends. Raises NotFound for one that we did not write."""
    try:
        tenant_id, person_id = Signer(salt=SALT).unsign_object(token)
    except (BadSignature, ValueError) as error:
        raise NotFound from error
    person = Person.objects.select_related("tenant").filter(pk=person_id).first()
    if tenant_id != current_tenant_id() or person is None:
        raise NotFound
    return person


def _may_have(person: Person, refs: Refs) -> bool | str:
    report = _report(refs)
    if report is None or person.role != roles.COMPANY_ADMIN:
        return False
    if person.company_id != report.company_id:
        return False
    if companies_switched_off([report.company_id]):
        return _("The monthly report is switched off for this company.")
    if ReportWish.objects.filter(person=person, wants=False).exists():
        return _("The recipient does not want the monthly report.")
    return True


def _words(person: Person, refs: Refs) -> Rendered:
    report = _report(refs)
    assert report is not None  # else it may not be had
    vendor = person.tenant
    shown = shown_to(
        person,
        report,
        case_url=lambda number: site_url(vendor, reverse("portal:case", args=[number])),
        why_url=lambda number, key: site_url(vendor, reverse("portal:why", args=[number, key])),
    )
    stop = stop_url(person)
    context = {
        "person": person,
        "vendor": vendor,
        "company": report.company,
        "shown": shown,
        "url": site_url(vendor, reverse("portal:report", args=[report.pk])),
        "stop": stop,
    }
    subject = _("Your support in %(month)s: %(kept)d of %(decided)d promises kept") % {
        "month": month_name(report.first_on),
        "kept": shown.total.kept,
        "decided": shown.total.decided,
    }
    if not shown.total.decided:
        subject = _("Your support in %(month)s") % {"month": month_name(report.first_on)}
    return Rendered(
        subject=subject,
        body=render_to_string(f"mail/{KIND}.txt", context),
        reason="",  # the letter says it
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _report(refs: Refs) -> ServiceReport | None:
    reports = ServiceReport.objects.select_related("company__tenant")
    return reports.filter(pk=refs["report"]).first()
