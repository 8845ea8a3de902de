"""Every address of the two URL confs: whom it is open to, and whose object it names.

A new address belongs on this table; the test that compares it with the resolver says so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from accounts import roles

ANYBODY = roles.ROLES | {"anonymous"}
SIGNED_IN = roles.ROLES
CUSTOMERS = roles.CUSTOMERS
DESK = roles.DESK
COMPANY_ADMIN = frozenset({roles.COMPANY_ADMIN})
MANAGER = frozenset({roles.MANAGER})
LEADING = frozenset({roles.LEAD, roles.MANAGER})
WRITING = frozenset({roles.AGENT, roles.LEAD, roles.MANAGER})
LOGGING = DESK - {roles.ACCOUNT_MANAGER}
SELLING = frozenset({roles.MANAGER, roles.ACCOUNT_MANAGER})
SHARING = frozenset({roles.LEAD, roles.MANAGER})
REPORTING = frozenset({roles.LEAD, roles.MANAGER, roles.ACCOUNT_MANAGER})
COMPANY_ADMIN = frozenset({roles.COMPANY_ADMIN})
OPERATOR = frozenset({roles.OPERATOR})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Url:
    """Whom an address is open to, and the kind of object that it names, if it names one."""

    open_to: frozenset[str]
    names: str = ""


EDITED = ("company", "site", "person", "team")
SOLD = ("product", "contract", "release", "licence", "download")
ACTS = (
    "reply", "ask", "solve", "call", "note", "work", "take", "subject", "assign", "triage",
    "severity", "priority", "type", "schedule", "hand-over", "escalate", "close", "reopen",
    "split", "waive-split", "withdraw-split", "consent", "withdraw-consent", "credit", "decline",
    "diagnostic", "take-back", "meeting", "channel",
    "hand-back", "log-escalation", "answer-escalation", "end-escalation", "bring-in-swat",
    "let-swat-go", "acknowledge-steps",
    "decide-level", "offer-level", "take-offer-back", "least-loaded", "feature",
    "restrict", "unrestrict",
    "withdraw-question", "unreachable", "away", "back", "merge", "undo-merge", "link", "unlink",
    "declare-incident", "end-incident", "hang-cases", "join-incident", "leave-incident",
    "defect", "untie-defect", "promise-fix", "drop-fix", "ship-fix", "approve-reopen",
    "decline-reopen", "track", "untrack",
)  # fmt: skip


def _of_model(app: str, model: str) -> dict[str, Url]:
    base = f"admin/{app}/{model}/"
    row = f"{base}<path:object_id>/"
    pages = {base: Url(MANAGER), f"{base}add/": Url(MANAGER), row: Url(MANAGER, model)}
    return pages | {
        f"{row}{page}/": Url(MANAGER, model) for page in ("history", "delete", "change")
    }


ADMIN = {
    "admin/": Url(MANAGER),
    "admin/login/": Url(MANAGER),
    "admin/logout/": Url(MANAGER),
    "admin/password_change/": Url(MANAGER),
    "admin/password_change/done/": Url(MANAGER),
    "admin/autocomplete/": Url(NOBODY),  # without a field to complete
    "admin/jsi18n/": Url(MANAGER),
    "admin/search/": Url(MANAGER),
    "admin/changes/": Url(MANAGER),
    "admin/unsent/": Url(MANAGER),
    "admin/unsent/<int:message_id>/": Url(MANAGER, "unsent"),
    "admin/unsent/<int:message_id>/html/": Url(MANAGER, "unsent"),
    "admin/unsent/<int:message_id>/again/": Url(MANAGER, "unsent"),
    "admin/import/": Url(MANAGER),
    "admin/import/<int:run_id>/": Url(MANAGER, "import"),
    "admin/import/<int:run_id>/faults.csv": Url(MANAGER, "import"),
    "admin/import/<int:run_id>/look-again/": Url(MANAGER, "import"),
    "admin/import/<int:run_id>/confirm/": Url(MANAGER, "import"),
    "admin/import/<int:run_id>/drop/": Url(MANAGER, "import"),
    "admin/import/template/<slug:kind>.csv": Url(MANAGER, "rows"),
    "admin/export/": Url(MANAGER),
    "admin/export/<int:run_id>/": Url(MANAGER, "export"),
    "admin/retention/": Url(MANAGER),
    "admin/accounts/person/<int:person_id>/erase/": Url(MANAGER, "staff"),
    "admin/staff/": Url(MANAGER),
    "admin/staff/<int:person_id>/leave/": Url(MANAGER, "staff"),
    "admin/mail-texts/": Url(MANAGER),
    "admin/mail-texts/<slug:kind>/<slug:side>/<slug:language>/": Url(MANAGER, "mail_text"),
    "admin/endpoints/": Url(MANAGER),
    "admin/endpoints/new/<slug:shape>/": Url(MANAGER, "shape"),
    "admin/endpoints/<int:endpoint_id>/": Url(MANAGER, "endpoint"),
    "admin/endpoints/<int:endpoint_id>/edit/": Url(MANAGER, "endpoint"),
    "admin/endpoints/<int:endpoint_id>/<slug:act>/": Url(MANAGER, "endpoint"),
    "admin/endpoints/deliveries/<int:delivery_id>/": Url(MANAGER, "delivery_out"),
    "admin/mail-texts/<slug:kind>/<slug:side>/<slug:language>/html/": Url(MANAGER, "mail_text"),
    "admin/tickets/clockdifference/": Url(MANAGER),
    "admin/tickets/clockdifference/audit/": Url(MANAGER),
    "admin/tickets/clockdifference/rebuild/<int:number>/": Url(MANAGER, "case"),
    "admin/tickets/attachmentdownload/": Url(MANAGER),
    "admin/tickets/tag/": Url(MANAGER),
    "admin/tickets/tag/<int:tag_id>/rename/": Url(MANAGER, "tag"),
    "admin/tickets/tag/<int:tag_id>/remove/": Url(MANAGER, "tag"),
    "admin/tickets/teamroute/": Url(MANAGER),
    "admin/tickets/teamroute/<int:route_id>/remove/": Url(MANAGER, "route"),
    "admin/tickets/defect/": Url(MANAGER),
    "admin/tickets/defect/<int:defect_id>/": Url(MANAGER, "defect"),
    "admin/tickets/featurerequest/": Url(MANAGER),
    "admin/tickets/featurerequest/<int:feature_id>/": Url(MANAGER, "wish"),
    "admin/jobs/job/": Url(MANAGER),
    "admin/jobs/job/<int:job_id>/": Url(MANAGER, "job"),
    "admin/jobs/job/<int:job_id>/cancel/": Url(MANAGER, "job"),
    "admin/policy/versions/<int:number>/cases/": Url(MANAGER, "version"),
    "admin/policy/replay/": Url(MANAGER),
    "admin/policy/replay/<int:job_id>/": Url(MANAGER, "replay"),
    "admin/policy/replay/<int:job_id>/flips/": Url(MANAGER, "replay"),
    "admin/policy/replay/<int:job_id>/flips.csv": Url(MANAGER, "replay"),
    "admin/policy/replay/<int:job_id>/flips/<int:flip_id>/": Url(MANAGER, "flip"),
    "admin/accounts/person/<path:object_id>/password/": Url(MANAGER, "person"),
    "admin/accounts/brand/": Url(MANAGER),
    "admin/entitlements/contract/company/<int:company_id>/": Url(MANAGER, "company"),
    "admin/entitlements/benefititem/": Url(MANAGER),
    "admin/entitlements/benefititem/<int:item_id>/done/": Url(MANAGER, "delivery"),
    "admin/entitlements/benefititem/<int:item_id>/undo/": Url(MANAGER, "delivery"),
    "admin/entitlements/benefititem/seats/<int:contract_id>/": Url(MANAGER, "agreement"),
    "admin/entitlements/release/ending/": Url(MANAGER),
    "admin/entitlements/release/<int:release_id>/customers/": Url(MANAGER, "release"),
    "admin/entitlements/licence/<int:licence_id>/verify/": Url(MANAGER, "licence"),
    "admin/entitlements/bulletin/": Url(MANAGER),
    "admin/entitlements/bulletin/write/": Url(MANAGER),
    "admin/entitlements/bulletin/<int:bulletin_id>/": Url(MANAGER, "bulletin"),
    "admin/entitlements/registration/": Url(MANAGER),
    "admin/entitlements/registration/<int:registration_id>/": Url(MANAGER, "registration"),
    "admin/entitlements/pointsaccount/": Url(MANAGER),
    "admin/entitlements/pointsaccount/<int:company_id>/": Url(MANAGER, "company"),
    "admin/entitlements/pointsaccount/<int:company_id>/statement.csv": Url(MANAGER, "company"),
    "admin/entitlements/pointsaccount/<int:company_id>/sell/": Url(MANAGER, "company"),
    "admin/entitlements/pointsaccount/<int:company_id>/grant/": Url(MANAGER, "company"),
    "admin/entitlements/pointsaccount/<int:company_id>/correct/": Url(MANAGER, "company"),
    "admin/entitlements/correction/": Url(MANAGER),
    "admin/entitlements/correction/<int:correction_id>/": Url(MANAGER, "correction"),
    "admin/entitlements/entitlementrequest/": Url(MANAGER),
    "admin/entitlements/entitlementrequest/<int:request_id>/": Url(MANAGER, "asked"),
    "admin/entitlements/gateoverride/": Url(MANAGER),
    "admin/entitlements/gateoverride/<int:company_id>/new/": Url(MANAGER, "company"),
    "admin/entitlements/moneyrefund/": Url(MANAGER),
    "admin/entitlements/moneyrefund/<int:refund_id>/": Url(MANAGER, "refund"),
    "admin/sla/policydraft/": Url(MANAGER),
    "admin/sla/policydraft/start/": Url(MANAGER),
    "admin/sla/policydraft/targets/<slug:clock>/": Url(MANAGER, "clock"),
    "admin/sla/policydraft/grid/<slug:clock>/": Url(MANAGER, "clock"),
    "admin/sla/policydraft/sections/<slug:section>/": Url(MANAGER, "section"),
    "admin/sla/policydraft/calendars/": Url(MANAGER),
    "admin/sla/policydraft/calendars/<slug:code>/": Url(MANAGER, "calendar"),
    "admin/sla/policydraft/calendars/<slug:code>/remove/": Url(MANAGER, "calendar"),
    "admin/sla/policydraft/holidays/": Url(MANAGER),
    "admin/sla/policydraft/holidays/<slug:code>/": Url(MANAGER, "holidays"),
    "admin/sla/policydraft/holidays/<slug:code>/country/": Url(MANAGER, "holidays"),
    "admin/sla/policydraft/holidays/<slug:code>/remove/": Url(MANAGER, "holidays"),
    "admin/sla/policydraft/languages/": Url(MANAGER),
    "admin/sla/policydraft/languages/<slug:code>/": Url(MANAGER, "language"),
    "admin/sla/policydraft/check/": Url(MANAGER),
    "admin/sla/policydraft/publish/": Url(MANAGER),
    "admin/sla/policydraft/undo/": Url(MANAGER),
    "admin/sla/policydraft/requests/<int:request_id>/": Url(MANAGER, "request"),
    "admin/sla/policyversion/": Url(MANAGER),
    "admin/sla/policyversion/<int:number>/": Url(MANAGER, "version"),
    "admin/sla/policyversion/<int:number>/withdraw/": Url(MANAGER, "version"),
    "admin/^(?P<app_label>accounts|entitlements|sla|jobs|tickets)/$": Url(MANAGER, "app"),
    "admin/(?P<url>.*)$": Url(NOBODY, "nothing"),
}
for _model in EDITED:
    ADMIN |= _of_model("accounts", _model)
for _model in SOLD:
    ADMIN |= _of_model("entitlements", _model)

AT_THE_DESK = {
    "desk/": Url(DESK),
    "desk/acknowledge/": Url(DESK),
    "desk/uploads/": Url(DESK),
    "desk/uploads/<uuid:upload>/": Url(NOBODY, "upload"),
    "desk/uploads/<uuid:upload>/remove/": Url(NOBODY, "upload"),
    "desk/attachments/<uuid:attachment>/": Url(DESK, "attachment"),
    "desk/news/": Url(DESK),
    "desk/many/": Url(LOGGING),
    # Whoever has prepared it, and nobody else; this one is of somebody who does not ask.
    "desk/many/<int:bulk_id>/": Url(NOBODY, "bulk"),
    "desk/cases/": Url(DESK),
    "desk/cases/new/": Url(DESK),
    "desk/cases/new/<int:company_id>/": Url(DESK, "company"),
    "desk/cases/new/<int:company_id>/case/": Url(DESK, "company"),
    "desk/companies/<int:company_id>/points/": Url(DESK, "company"),
    "desk/companies/<int:company_id>/points/statement.csv": Url(DESK, "company"),
    "desk/customers/": Url(DESK),
    "desk/next/": Url(DESK),
    "desk/reports/": Url(REPORTING),
    "desk/reports/list/": Url(REPORTING),
    "desk/reports/causes/": Url(REPORTING),
    "desk/reports/load/": Url(REPORTING),
    "desk/reports/points/": Url(REPORTING),
    "desk/reports/feedback/": Url(REPORTING),
    "desk/reports/<slug:report>.csv": Url(REPORTING, "table"),
    "desk/reports/monthly/": Url(REPORTING),
    "desk/reports/monthly/<int:report_id>/": Url(REPORTING, "monthly"),
    "desk/reports/companies/<int:company_id>/": Url(REPORTING, "company"),
    "desk/reports/companies/<int:company_id>/mail/": Url(REPORTING, "company"),
    "desk/duty/": Url(DESK),
    "desk/duty/shift/": Url(DESK),
    "desk/duty/weekly/": Url(DESK),
    "desk/duty/absence/": Url(DESK),
    "desk/duty/remove/": Url(DESK),
    "desk/duty/handing/": Url(LEADING),
    "desk/cases/<int:number>/ladder/": Url(DESK, "case"),
    "desk/points/requests/<int:request_id>/": Url(SELLING, "asked"),
    "desk/cases/<int:number>/": Url(DESK, "case"),
    "desk/cases/<int:number>/why/<slug:key>/": Url(DESK, "case"),
    "desk/cases/<int:number>/filed/": Url(DESK, "case"),
    "desk/cases/<int:number>/join-call/": Url(LOGGING, "case"),
    "desk/presence/": Url(DESK),
    "desk/search/": Url(DESK),
    "desk/help/": Url(DESK),
    "desk/help/find/": Url(DESK),
    "desk/help/new/": Url(WRITING),
    "desk/help/categories/": Url(DESK),
    "desk/help/categories/new/": Url(LEADING),
    "desk/help/categories/<int:category_id>/": Url(LEADING, "shelf"),
    "desk/help/documents/": Url(DESK),
    "desk/help/documents/new/": Url(LEADING),
    "desk/help/documents/<int:document_id>/": Url(LEADING, "document"),
    "desk/help/training/": Url(DESK),
    "desk/help/training/new/": Url(LEADING),
    "desk/help/training/<int:training_id>/": Url(LEADING, "training"),
    "desk/help/<int:article_id>/": Url(DESK, "article"),
    "desk/help/<int:article_id>/write/": Url(WRITING, "article"),
    "desk/help/<int:article_id>/publish/": Url(LEADING, "article"),
    "desk/help/<int:article_id>/withdraw/": Url(LEADING, "article"),
    "desk/help/<int:article_id>/versions/<int:version>/": Url(DESK, "article"),
    "desk/help/<int:article_id>/versions/<int:version>/changes/": Url(DESK, "article"),
    "desk/palette/": Url(DESK),
    "desk/keys/": Url(DESK),
    "desk/settings/": Url(DESK),
    "desk/settings/digests/": Url(DESK),
    "desk/texts/": Url(DESK),
    "desk/texts/new/": Url(DESK),
    "desk/texts/<int:canned_id>/": Url(SHARING, "canned"),
    "desk/macros/new/": Url(DESK),
    "desk/macros/<int:macro_id>/": Url(SHARING, "macro"),
    "desk/views/keep/": Url(DESK),
    "desk/views/<int:view_id>/": Url(DESK, "view"),
    **{
        f"desk/cases/<int:number>/{page}/": Url(DESK, "case")
        for page in ("draft", "insert", "texts", "undo", "presence", "tag", "macro")
    },
} | {f"desk/cases/<int:number>/{act}/": Url(DESK, "case") for act in ACTS}

ACCOUNT = {
    "account/login/": Url(ANYBODY),
    "account/logout/": Url(ANYBODY),
    "account/inactive/": Url(ANYBODY),
    "account/password/change/": Url(SIGNED_IN),
    "account/password/set/": Url(SIGNED_IN),
    "account/password/reset/": Url(ANYBODY),
    "account/password/reset/done/": Url(ANYBODY),
    "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Url(ANYBODY, "key"),
    "account/password/reset/key/done/": Url(ANYBODY),
}

BRAND = {
    "brand/<slug:name>.css": Url(ANYBODY, "brand"),
    "brand/logo/<slug:sha>/": Url(ANYBODY, "brand"),
    "brand/flow-chart/<slug:sha>/": Url(ANYBODY, "brand"),
}

PORTAL = {
    "policy/": Url(ANYBODY),
    "language/": Url(ANYBODY),
    "": Url(CUSTOMERS),
    "cases/": Url(CUSTOMERS),
    "cases/<int:number>/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/why/<slug:key>/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/filed/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/reply/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/close/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/reopen/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/consent/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/consent/withdraw/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/split/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/diagnostics/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/channel/": Url(CUSTOMERS, "case"),
    # Whoever began an upload, and nobody else; this one is of somebody who does not ask.
    "uploads/": Url(CUSTOMERS),
    "uploads/<uuid:upload>/": Url(NOBODY, "upload"),
    "uploads/<uuid:upload>/remove/": Url(NOBODY, "upload"),
    "attachments/<uuid:attachment>/": Url(CUSTOMERS, "attachment"),
    "cases/<int:number>/money/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/follow/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/dispute/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/away/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/back/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/level/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/level/offer/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/rate/": Url(CUSTOMERS, "case"),
    "rate/<str:token>/": Url(ANYBODY, "rating"),
    "profile/": Url(CUSTOMERS),
    "profile/sign-out/": Url(CUSTOMERS),
    "company/": Url(COMPANY_ADMIN),
    "company/sites/": Url(COMPANY_ADMIN),
    "company/invite/": Url(COMPANY_ADMIN),
    "company/<int:person_id>/": Url(COMPANY_ADMIN, "colleague"),
    **{
        f"company/<int:person_id>/{page}/": Url(COMPANY_ADMIN, "colleague")
        for page in ("invite", "take-back", "deactivate", "activate")
    },
    "search/": Url(CUSTOMERS),
    "cases/<int:number>/escalation/": Url(CUSTOMERS, "case"),
    "cases/<int:number>/escalation/end/": Url(CUSTOMERS, "case"),
    "plan/": Url(CUSTOMERS),
    "reports/": Url(COMPANY_ADMIN),
    "reports/<int:report_id>/": Url(COMPANY_ADMIN, "monthly"),
    "reports/mail/": Url(COMPANY_ADMIN),
    "reports/stop/<str:token>/": Url(ANYBODY, "report_stop"),
    "promise/": Url(CUSTOMERS),
    "support-end/": Url(CUSTOMERS),
    "downloads/": Url(CUSTOMERS),
    "downloads/<int:download_id>/": Url(CUSTOMERS, "download"),
    "notifications/": Url(CUSTOMERS),
    "notifications/stop/<str:token>/": Url(ANYBODY, "stop"),
    "points/": Url(CUSTOMERS),
    "requests/<int:request_id>/withdraw/": Url(CUSTOMERS, "asked"),
    "requests/<int:request_id>/refuse/": Url(CUSTOMERS, "asked"),
    "points/buy/": Url(CUSTOMERS),
    "points/statement.csv": Url(CUSTOMERS),
    "help/": Url(ANYBODY),
    "help/category/<int:category_id>/": Url(ANYBODY, "shelf"),
    "help/documents/": Url(ANYBODY),
    "help/documents/<int:document_id>/": Url(ANYBODY, "document"),
    "help/training/": Url(ANYBODY),
    "help/<int:article_id>/": Url(ANYBODY, "article"),
    "help/<int:article_id>/feedback/": Url(CUSTOMERS, "article"),
    "register/": Url(ANYBODY),
    "register/sent/": Url(ANYBODY),
    "register/link/<str:token>/": Url(ANYBODY, "link"),
    "register/confirm/": Url(ANYBODY),
    "file/": Url(CUSTOMERS),
    "file/check/": Url(CUSTOMERS),
    "file/send/": Url(CUSTOMERS),
    "file/ask/": Url(CUSTOMERS),
    "file/discard/": Url(CUSTOMERS),
    "file/untie/": Url(CUSTOMERS),
    "file/suggestions/": Url(CUSTOMERS),
    "file/solved/": Url(CUSTOMERS),
    "file/<slug:slug>/": Url(CUSTOMERS, "step"),
}

LINKS = {
    "acknowledge/<str:token>/": Url(ANYBODY, "acknowledge"),
    "digests/<str:token>/": Url(ANYBODY, "digest_stop"),
    "hooks/<str:token>/": Url(ANYBODY, "hook"),
    "hooks/acknowledge/<str:token>/": Url(ANYBODY, "pressed"),
    "mail/confirm/<str:token>/": Url(ANYBODY, "mail_confirm"),
    "mail/in/<int:mailbox_id>/<slug:secret>/": Url(ANYBODY, "mail_hook"),
}
INCOMING = {
    "desk/mail/": Url(DESK),
    "desk/mail/boxes/": Url(MANAGER),
    "desk/mail/boxes/new/": Url(MANAGER),
    "desk/mail/boxes/<int:mailbox_id>/": Url(MANAGER, "box"),
    "desk/mail/boxes/<int:mailbox_id>/address/": Url(MANAGER, "box"),
    "desk/mail/<int:mail_id>/": Url(DESK, "raw_mail"),
    "desk/mail/<int:mail_id>/raw/": Url(MANAGER, "raw_mail"),
    "desk/mail/<int:mail_id>/<slug:act>/": Url(LOGGING, "mail_act"),
}

MAILBOX = {
    "mailbox/": Url(DESK),
    "mailbox/<int:mail_id>/": Url(DESK, "mail"),
    "mailbox/<int:mail_id>/html/": Url(DESK, "mail"),
}

GUIDE = {"styleguide/": Url(ANYBODY)}

# Whoever has a token, which no session is: tests/api/test_walls.py walks these.
_ON_A_CASE = (
    "", "timeline/", "promises/", "attachments/", "replies/", "questions/", "notes/", "resolve/",
    "close/", "reopen/", "escalations/", "credit/",
)  # fmt: skip
_ON_A_COMPANY = ("", "points/", "points/statement/", "points/packs/")
API = {
    "api/": Url(ANYBODY),
    "api/v1/openapi.json": Url(ANYBODY),
    "api/tokens/": Url(COMPANY_ADMIN),
    "api/tokens/<int:token_id>/revoke/": Url(COMPANY_ADMIN, "token"),
    "admin/api-tokens/": Url(MANAGER),
    "admin/api-tokens/<int:token_id>/revoke/": Url(MANAGER, "token"),
    **{
        f"api/v1/{route}": Url(NOBODY, "program")
        for route in (
            "me/", "cases/", "promise/", "uploads/", "companies/", "contacts/", "contracts/",
            "policy/", "policy/versions/", "articles/", "attachments/<uuid:file>/",
            "attachments/<uuid:file>/content/", "uploads/<uuid:file>/", "contacts/<str:contact>/",
            "contracts/<str:contract>/", "policy/versions/<str:number>/", "articles/<str:article>/",
            *(f"cases/<str:case>/{page}" for page in _ON_A_CASE),
            *(f"companies/<str:company>/{page}" for page in _ON_A_COMPANY),
        )
    },
}  # fmt: skip

VENDOR = ADMIN | AT_THE_DESK | INCOMING | LINKS | ACCOUNT | PORTAL | BRAND | MAILBOX | GUIDE | API

OPERATORS = {
    "": Url(ANYBODY),
    "desk-time/": Url(OPERATOR),
    "desk-time/move/": Url(OPERATOR),
    "desk-time/move-to/": Url(OPERATOR),
    "desk-time/move-to-date/": Url(OPERATOR),
    "health/": Url(OPERATOR),
    "vendors/new/": Url(OPERATOR),
    "vendors/<slug:slug>/invite/": Url(OPERATOR, "vendor"),
    "mailbox/": Url(OPERATOR),
    "mailbox/<int:mail_id>/": Url(OPERATOR, "mail"),
    "mailbox/<int:mail_id>/html/": Url(OPERATOR, "mail"),
} | ACCOUNT


def routes(conf: str) -> list[str]:
    """List every address of a URL conf as it is written there."""
    return list(_routes(get_resolver(conf)))


def address(route: str, values: Mapping[str, object]) -> str:
    """Fill the arguments of an address with values, by their names."""
    plain = re.sub(r"[$^]", "", route)
    return "/" + re.sub(
        r"<\w+:(\w+)>|\(\?P<(\w+)>[^)]*\)",
        lambda found: str(values[found[1] or found[2]]),
        plain,
    )


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _routes(pattern, route)
