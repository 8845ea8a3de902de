"""Two vendors at work, so that every kind of object has a twin at the other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from allauth.account.forms import default_token_generator
from django.apps import apps
from django.utils.http import int_to_base36

from accounts.brand import Uploaded, save_brand, sheet_name
from accounts.models import Tenant
from accounts.tenancy import tenant
from accounts.walls import TenantModel
from api.models import ApiToken
from api.tokens import make_token
from entitlements.models import BenefitItem, Registration
from entitlements.registration import digest_of
from entitlements.topics import stop_token
from escalation.acknowledging import acknowledge_url
from escalation.hooked import press_url_of
from jobs.actions import start_job
from jobs.models import Job
from outbox.digests import stop_url as digest_stop_url
from outbox.endpoints import EndpointWish, save_endpoint
from outbox.hooks import send_test
from outbox.models import DeliveredMail, OutboxMessage
from reports.service_mail import stop_url
from sla.holidays import save_holidays
from sla.models import PolicyVersion, PublishRequest
from sla.queries import working_copy
from tests.cases import file_case
from tests.entitlements.lifecycle.storage import LIFECYCLE, raise_lifecycle
from tests.jobs.kinds import KIND
from tests.knowledge.writing import KNOWLEDGE, raise_knowledge
from tests.mailbox.standing import MISSING as MISSING_MAIL
from tests.mailbox.standing import raise_incoming
from tests.packs import LONG_AGO, publish
from tests.pictures import png
from tests.points import correction_asked, pack_asked, refund_asked
from tests.replays import finished_replay
from tests.reports.monthly import monthly_report
from tests.twins import Twin
from tests.uploads import uploaded
from tickets.actions.conversation import reply_as_customer
from tickets.actions.tagging import add_tag
from tickets.bulk import prepare
from tickets.canned import save_canned
from tickets.filters import Address
from tickets.macros import save_macro
from tickets.models import Case, CaseEvent, Defect, FeatureRequest, TeamRoute
from tickets.rating import rating_url
from tickets.views import save_view
from transfer.models import ExportRun, ImportRun

NO_ROW = 987_654
NO_FILE = UUID(int=NO_ROW)
OWN_CASES, FOREIGN_CASES = 2, 5
# Every case has it; in an address it stands beside the case.
FIRST_CLOCK = "first_response-1"
# Signing in changes them, whoever it is.
LEFT_OUT = {"last_login"}
# That somebody had a file is noted whenever they ask for it.
LOGGED = {"tickets.AttachmentDownload"}

Values = dict[str, object]


@dataclass
class World:
    """The look-alikes, and the arguments that name their objects in an address, by kind."""

    alpha: Twin
    beta: Twin
    own: dict[str, Values]
    foreign: dict[str, Values]
    missing: dict[str, Values]

    def rows(self) -> dict[str, list]:
        """Dump every row of both vendors."""
        return {
            f"{twin.tenant.slug}.{model._meta.label}": dump(twin.tenant, model)
            for twin in (self.alpha, self.beta)
            for model in apps.get_models()
            if issubclass(model, TenantModel) and model._meta.label not in LOGGED
        }


def dump(vendor: Tenant, model: type) -> list[dict]:
    columns = [field.attname for field in model._meta.concrete_fields]
    with tenant(vendor):
        rows = model.objects.order_by("pk").values(*(set(columns) - LEFT_OUT))
        return list(rows)


@pytest.fixture
def world(alpha: Twin, beta: Twin, settings, tmp_path) -> World:
    settings.DEMO = True
    settings.ATTACHMENT_ROOT = tmp_path
    publish(alpha, "metalogix")
    publish(beta, "datadynamics")
    publish(beta, "msp")
    with tenant(alpha.tenant) as at:
        _list_holidays(alpha, "own_days", at)
        _file(alpha, OWN_CASES, at)
        own = _objects(alpha, case=1, calendar="portal", holidays="own_days", version=1)
    with tenant(beta.tenant) as at:
        _list_holidays(beta, "foreign_days", at)
        _file(beta, FOREIGN_CASES, at)
        foreign = _objects(
            beta, case=FOREIGN_CASES, calendar="business_8x5", holidays="foreign_days", version=2
        )
    return World(alpha, beta, own, foreign, _missing())


def _file(twin: Twin, number: int, at: datetime) -> None:
    for hours in range(number, 0, -1):
        file_case(twin, at=at - timedelta(hours=hours))


def _list_holidays(twin: Twin, code: str, at: datetime) -> None:
    save_holidays(
        by=twin.manager,
        at=at,
        revision=working_copy().revision,
        code=code,
        table={"name": f"{twin.canary}holidays", "observed": "actual"},
    )


def _objects(
    twin: Twin, *, case: int, calendar: str, holidays: str, version: int
) -> dict[str, Values]:
    rows = ("company", "site", "person", "team", "product", "contract")
    mail = deliver(twin.tenant)
    person = twin.agent_2
    lifecycle = raise_lifecycle(twin)
    replay, flip = finished_replay(twin)
    return {
        **{kind: _key(getattr(twin, "agent_2" if kind == "person" else kind).pk) for kind in rows},
        "case": {"number": case, "key": FIRST_CLOCK},
        "calendar": {"code": calendar},
        "holidays": {"code": holidays},
        "version": {"number": version},
        "mail": {"mail_id": mail.pk},
        "brand": _face(twin),
        "job": {"job_id": order_work(twin).pk},
        "replay": {"job_id": replay.pk},
        "flip": {"job_id": replay.pk, "flip_id": flip.pk},
        "request": {"request_id": ask_to_publish(twin).pk},
        "registration": {"registration_id": register(twin).pk},
        "delivery": {"item_id": owe(twin).pk},
        "agreement": {"contract_id": twin.contract.pk},
        "correction": {"correction_id": correction_asked(twin, at=LONG_AGO).pk},
        "refund": {"refund_id": refund_asked(twin, at=LONG_AGO).pk},
        "asked": {"request_id": pack_asked(twin, at=LONG_AGO).pk},
        **{kind: _named(kind, row.pk) for kind, row in lifecycle.items()},
        "acknowledge": {"token": link_token(acknowledge_url(twin.agent, "notice", 1))},
        "colleague": {"person_id": twin.colleague.pk},
        "rating": {"token": asked_how_it_was(twin, case)},
        **_files(twin, case),
        **raise_knowledge(twin),
        **raise_incoming(twin),
        **_routed(twin),
        "token": {"token_id": _token_of(twin).pk},
        **_reused(twin, at=LONG_AGO),
        "staff": {"person_id": person.pk},
        "unsent": {"message_id": OutboxMessage.objects.order_by("pk").first().pk},
        **_outside(twin, case, at=LONG_AGO),
        **_moving(twin, at=LONG_AGO),
        "stop": {"token": stop_token(twin.contact, "news")},
        "digest_stop": {"token": link_token(digest_stop_url(twin.agent))},
        "monthly": {"report_id": monthly_report(twin).pk},
        "report_stop": {"token": link_token(stop_url(twin.company_admin))},
        "link": {"token": f"{twin.tenant.slug}-token"},
        "key": {
            "uidb36": int_to_base36(person.pk),
            "key": default_token_generator.make_token(person),
        },
        **FIXED,
    }


def _token_of(twin: Twin) -> ApiToken:
    said = {"name": f"{twin.canary}token", "scopes": ["cases:read"], "days": 30}
    return make_token(person_id=twin.company_admin.pk, by=twin.company_admin, **said)[0]


def _routed(twin: Twin) -> dict[str, Values]:
    """Have a route for the product, and a wish for it."""
    route = TeamRoute.objects.create(tenant=twin.tenant, product=twin.product, team=twin.team)
    wish = FeatureRequest.objects.create(
        tenant=twin.tenant,
        title=f"{twin.canary}wish",
        created_by=twin.agent_2,
        created_at=LONG_AGO,
        changed_at=LONG_AGO,
    )
    defect = Defect.objects.create(
        tenant=twin.tenant,
        title=f"{twin.canary}defect",
        product=twin.product,
        created_by=twin.agent_2,
        created_at=LONG_AGO,
        changed_at=LONG_AGO,
    )
    return {
        "route": {"route_id": route.pk},
        "wish": {"feature_id": wish.pk},
        "defect": {"defect_id": defect.pk},
    }


def _outside(twin: Twin, number: int, *, at: datetime) -> dict[str, Values]:
    """Have somebody outside who is told what happens, and something that it was told."""
    wish = EndpointWish(name=f"{twin.canary}ops", shape="slack", url="https://hooks.example/x")
    endpoint, _secret = save_endpoint(wish=wish, by=twin.manager, at=at)
    send_test(endpoint, at=at)
    return {
        "endpoint": {"endpoint_id": endpoint.pk, "act": "no_act"},
        "delivery_out": {"delivery_id": endpoint.deliveries.get().pk},
        "hook": {"token": endpoint.hook_token},
        "pressed": {"token": link_token(press_url_of(_step_fired(number), endpoint))},
    }


def _moving(twin: Twin, *, at: datetime) -> dict[str, Values]:
    """Have an upload that waits to be taken over, and an export that was packed."""
    made = {"tenant": twin.tenant, "made_by": twin.manager, "made_at": at}
    moved = ImportRun.objects.create(
        source="old", format="csv", state="checked", file_name="f.csv", size_bytes=1, **made
    )
    packed = ExportRun.objects.create(packed_at=at, expires_at=at, **made)
    return {"import": {"run_id": moved.pk}, "export": {"run_id": packed.pk}}


def _step_fired(number: int) -> CaseEvent:
    """Have a step fired on a case, as the tick would."""
    case = Case.objects.get(number=number)
    case.last_seq += 1
    case.save(update_fields=["last_seq"])
    clock = {"clock": "first_response", "started_seq": 1}
    told = {"step": "warn", "at": "due", "due_at": 0, "late_seconds": 0}
    return CaseEvent.objects.create(
        tenant_id=case.tenant_id,
        case=case,
        seq=case.last_seq,
        kind="step_fired",
        audience="desk",
        caused_by="policy",
        occurred_at=case.last_event_at,
        recorded_at=case.last_event_at,
        payload=clock | told,
        clock="first_response",
        clock_seq=1,
        step="warn",
    )


def _files(twin: Twin, number: int) -> dict[str, Values]:
    """Put a file on a case, and begin one that is not sent."""
    case = Case.objects.get(number=number)
    sent = uploaded(twin.contact, case, "answer", at=case.opened_at)
    reply_as_customer(case_id=case.pk, by=twin.contact, body="The log.", at=case.opened_at)
    begun = uploaded(twin.agent_2, case, "note", at=case.opened_at)
    return {"upload": {"upload": begun.uuid}, "attachment": {"attachment": sent.uuid}}


def asked_how_it_was(twin: Twin, number: int) -> str:
    """Take the token out of the address at which a customer would say how a case was."""
    case = Case.objects.get(number=number)
    return link_token(rating_url(case, case.opened_at, twin.contact))


def link_token(url: str) -> str:
    """Take the token out of an address that ends with one."""
    return url.rstrip("/").rpartition("/")[2]


def _face(twin: Twin) -> Values:
    """Give a vendor a colour and, as logo and flow chart alike, a picture of its own."""
    picture = Uploaded(content=png(text=f"Name\x00{twin.canary}".encode()))
    brand = save_brand(
        by=twin.manager,
        name=twin.tenant.name,
        time_zone=twin.tenant.time_zone,
        colour="#1c4fb4" if twin.tenant.slug == "alpha" else "#a4201c",
        logo=picture,
        flow_chart=picture,
    )
    return {"name": sheet_name(brand.colour), "sha": brand.logo_sha}


def _reused(twin: Twin, *, at: datetime) -> dict[str, Values]:
    """Write a text, a macro, a view and a tag that everybody at a desk has."""
    text = {"title": f"{twin.canary}text", "is_shared": True, "by": twin.lead, "at": at}
    canned = save_canned(canned_id=None, body=f"{twin.canary}body", **text)
    macro = save_macro(macro_id=None, steps={"tags": [f"{twin.canary}tag"]}, **text)
    kept = {"is_shared": True, "by": twin.lead, "at": at}
    view = save_view(name=f"{twin.canary}view", address=Address(), **kept)
    tag = add_tag(case_id=Case.objects.first().pk, name=f"{twin.canary}tag", by=twin.lead)
    tags = {"add_tags": [f"{twin.canary}many"]}
    chosen = {"case_ids": [Case.objects.first().pk], "by": twin.agent_2, "at": at}
    return {
        "canned": {"canned_id": canned.pk},
        "macro": {"macro_id": macro.pk},
        "view": {"view_id": view.pk},
        "tag": {"tag_id": tag.pk},
        "bulk": {"bulk_id": prepare(changes=tags, **chosen).pk},
    }


def deliver(vendor: Tenant) -> DeliveredMail:
    """Put a mail into a vendor's mailbox."""
    with tenant(vendor) as at:
        return DeliveredMail.objects.create(
            tenant=vendor,
            to_address="contact@acme.test",
            subject=f"cn-{vendor.slug}-mail",
            body=f"cn-{vendor.slug}-mail",
            html=f"<p>cn-{vendor.slug}-mail</p>",
            message_id=f"<{vendor.slug}@test>",
            delivered_at=at,
        )


def order_work(twin: Twin) -> Job:
    """Order long work at a vendor; nobody does it."""
    with tenant(twin.tenant) as at:
        return start_job(kind=KIND, params={"sizes": [1]}, by=twin.manager, at=at)


def ask_to_publish(twin: Twin) -> PublishRequest:
    """Have something wait at a vendor for a second manager's approval."""
    latest = PolicyVersion.objects.first()
    return PublishRequest.objects.create(
        tenant=twin.tenant,
        document=latest.document,
        checksum=latest.checksum,
        revision=1,
        compared_with=latest,
        note=f"{twin.canary}note",
        requested_by=twin.manager,
        requested_at=latest.published_at,
    )


def owe(twin: Twin) -> BenefitItem:
    """Owe a vendor's customer something by a day."""
    return BenefitItem.objects.create(
        tenant=twin.tenant,
        contract=twin.contract,
        benefit="assessment",
        term_starts_on=twin.contract.starts_on,
        number=1,
        due_on=twin.contract.starts_on,
    )


def register(twin: Twin) -> Registration:
    """Have somebody wait at a vendor for a manager's decision."""
    at = PolicyVersion.objects.first().published_at
    return Registration.objects.create(
        tenant=twin.tenant,
        name=f"{twin.canary}newcomer",
        email="newcomer@new.test",
        company_name=f"{twin.canary}new",
        state=Registration.State.WAITING,
        token_digest=digest_of(f"{twin.tenant.slug}-token"),
        link_expires_at=at,
        asked_at=at,
        proven_at=at,
    )


def _missing() -> dict[str, Values]:
    rows = ("company", "site", "person", "team", "product", "contract")
    return {
        **{kind: _key(NO_ROW) for kind in rows},
        "case": {"number": NO_ROW, "key": FIRST_CLOCK},
        "calendar": {"code": "no_such_calendar"},
        "holidays": {"code": "no_such_list"},
        "version": {"number": NO_ROW},
        "mail": {"mail_id": NO_ROW},
        "brand": {"name": "0" * 16, "sha": "0" * 64},
        "job": {"job_id": NO_ROW},
        "token": {"token_id": NO_ROW},
        "replay": {"job_id": NO_ROW},
        "flip": {"job_id": NO_ROW, "flip_id": NO_ROW},
        "request": {"request_id": NO_ROW},
        "registration": {"registration_id": NO_ROW},
        "delivery": {"item_id": NO_ROW},
        "agreement": {"contract_id": NO_ROW},
        "correction": {"correction_id": NO_ROW},
        "refund": {"refund_id": NO_ROW},
        "asked": {"request_id": NO_ROW},
        **{kind: _named(kind, NO_ROW) for kind in LIFECYCLE},
        "acknowledge": {"token": "no-token"},
        **MISSING_MAIL,
        "colleague": {"person_id": NO_ROW},
        "rating": {"token": "no-token"},
        "upload": {"upload": NO_FILE},
        "attachment": {"attachment": NO_FILE},
        "route": {"route_id": NO_ROW},
        "wish": {"feature_id": NO_ROW},
        "defect": {"defect_id": NO_ROW},
        "endpoint": {"endpoint_id": NO_ROW, "act": "no_act"},
        "delivery_out": {"delivery_id": NO_ROW},
        "hook": {"token": "0" * 32},
        "pressed": {"token": "0" * 32},
        **{kind: dict.fromkeys(names, NO_ROW) for kind, names in KNOWLEDGE.items()},
        "canned": {"canned_id": NO_ROW},
        "macro": {"macro_id": NO_ROW},
        "view": {"view_id": NO_ROW},
        "tag": {"tag_id": NO_ROW},
        "bulk": {"bulk_id": NO_ROW},
        "staff": {"person_id": NO_ROW},
        "import": {"run_id": NO_ROW},
        "export": {"run_id": NO_ROW},
        "unsent": {"message_id": NO_ROW},
        "stop": {"token": "no-token"},
        "digest_stop": {"token": "no-token"},
        "monthly": {"report_id": NO_ROW},
        "report_stop": {"token": "no-token"},
        "link": {"token": "no-token"},
        "key": {"uidb36": int_to_base36(NO_ROW), "key": "abc123-0123456789abcdef"},
        **FIXED,
    }


def _named(kind: str, pk: int) -> Values:
    return {"object_id": pk, f"{kind}_id": pk}


def _key(pk: int) -> Values:
    return {"object_id": pk, "company_id": pk}


# Words of the product, the same for every vendor.
FIXED: dict[str, Values] = {
    "rows": {"kind": "company"},
    "clock": {"clock": "first_response"},
    "section": {"section": "ladder"},
    "language": {"code": "de"},
    "step": {"slug": "what"},
    "shape": {"shape": "standard"},
    "vendor": {"slug": "alpha"},
    "app": {"app_label": "accounts"},
    "table": {"report": "promises"},
    "mail_text": {"kind": "agent_replied", "side": "customer", "language": "en"},
    "nothing": {"url": "no/such/page/"},
    "program": {
        "file": NO_FILE,
        **dict.fromkeys(("case", "company", "contact", "contract", "number", "article"), 1),
    },
}
