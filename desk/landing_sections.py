"""The sections of the admin in people's words: the cards of its first page, found by search too."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Page:
    """One page: what it is called, what for, and words by which people look for it."""

    name: str | Promise
    what: str | Promise
    route: str
    other_words: str | Promise = ""
    query: str = ""

    @property
    def url(self) -> str:
        return reverse(self.route) + self.query


@dataclass(frozen=True)
class Section:
    """Pages that belong together, below a heading."""

    name: str | Promise
    pages: tuple[Page, ...]


SECTIONS = (
    Section(
        _("Customers"),
        (
            Page(
                _("Companies"),
                _("who buys from you, with sites and mail domains"),
                "admin:accounts_company_changelist",
                _("customers, organisations, account manager"),
            ),
            Page(
                _("People"),
                _("contacts and company admins, beside your own people"),
                "admin:accounts_person_changelist",
                _("users, contacts, accounts, passwords, sign in"),
            ),
            Page(_("Sites"), _("offices, with their zones"), "admin:accounts_site_changelist"),
            Page(
                _("Registrations"),
                _("people who ask for an account"),
                "admin:entitlements_registration_changelist",
                _("self-registration, new accounts"),
            ),
        ),
    ),
    Section(
        _("People of the desk"),
        (
            Page(
                _("Staff"),
                _("tier, teams, skills, hours, open cases, who is away"),
                "admin:staff",
                _("agents, leads, grades, absences, deactivate, leave"),
            ),
            Page(_("Teams"), _("who takes the cases of a tier"), "admin:accounts_team_changelist"),
            Page(
                _("Routes to teams"),
                _("which case comes to which team"),
                "admin:tickets_teamroute_changelist",
                _("routing, assignment"),
            ),
            Page(
                _("Duty roster"),
                _("who is paged, and who stands in"),
                "desk:duty",
                _("on call, shifts, absences, holidays"),
            ),
        ),
    ),
    Section(
        _("Contracts and points"),
        (
            Page(
                _("Contracts"),
                _("which plan a company has, until when"),
                "admin:entitlements_contract_changelist",
                _("plans, renewals, subscriptions"),
            ),
            Page(
                _("Points"),
                _("balances, packs, statements"),
                "admin:entitlements_pointsaccount_changelist",
                _("ledger, credit, sell, grant"),
            ),
            Page(
                _("Requests of customers"),
                _("for points, and for exceptions"),
                "admin:entitlements_entitlementrequest_changelist",
                _("approve, decide"),
            ),
            Page(
                _("Exceptions"),
                _("who may open a case all the same"),
                "admin:entitlements_gateoverride_changelist",
                _("overrides, gate"),
            ),
            Page(
                _("Corrections of points"),
                _("entries that a second manager approves"),
                "admin:entitlements_correction_changelist",
            ),
            Page(
                _("Refunds in money"),
                _("what is to be paid instead of points"),
                "admin:entitlements_moneyrefund_changelist",
            ),
            Page(
                _("Deliveries"),
                _("what plans bring, and what of it is due"),
                "admin:entitlements_benefititem_changelist",
                _("benefits, health checks, trainings"),
            ),
        ),
    ),
    Section(
        _("Products and releases"),
        (
            Page(
                _("Products"),
                _("what you support"),
                "admin:entitlements_product_changelist",
            ),
            Page(
                _("Releases"),
                _("versions, and the end of their support"),
                "admin:entitlements_release_changelist",
                _("end of life, versions"),
            ),
            Page(
                _("Licences"),
                _("who may use what, until when"),
                "admin:entitlements_licence_changelist",
                _("maintenance, keys, serial numbers"),
            ),
            Page(
                _("Downloads"),
                _("service packs, patches and fixes"),
                "admin:entitlements_download_changelist",
            ),
            Page(
                _("Notes to topics"),
                _("news that customers have subscribed to"),
                "admin:entitlements_bulletin_changelist",
                _("announcements, newsletter"),
            ),
            Page(
                _("Faults of the products"),
                _("with the cases that wait for their fix"),
                "admin:tickets_defect_changelist",
                _("bugs, defects"),
            ),
            Page(
                _("Wishes for the product"),
                _("and what becomes of them"),
                "admin:tickets_featurerequest_changelist",
                _("feature requests"),
            ),
        ),
    ),
    Section(
        _("Support policy"),
        (
            Page(
                _("Working copy"),
                _("promises, hours, plans, escalation"),
                "admin:sla_policydraft_changelist",
                _("targets, calendars, holidays, severities, ladder, draft"),
            ),
            Page(
                _("Check the policy"),
                _("what cannot work, or deserves a look"),
                "admin:sla_policydraft_lint",
                _("findings, linter, validation"),
            ),
            Page(
                _("Compare and publish"),
                _("what changes, and from when"),
                "admin:sla_policydraft_publish",
                _("approve, release a version"),
            ),
            Page(
                _("Published versions"),
                _("what counted when, with its cases"),
                "admin:sla_policyversion_changelist",
                _("history of the policy, withdraw"),
            ),
            Page(
                _("Replay of past cases"),
                _("what another policy would have meant"),
                "admin:replay_ask",
                _("what if, simulation"),
            ),
        ),
    ),
    Section(
        _("What customers see and read"),
        (
            Page(
                _("Name, logo and colour"),
                _("of the portal and of your mail"),
                "admin:accounts_brand_changelist",
                _("brand, theme, time zone of the vendor"),
            ),
            Page(
                _("Texts of messages"),
                _("every mail that leaves, in your words"),
                "admin:mail_texts_list",
                _("e-mail templates, notifications, subjects"),
            ),
            Page(
                _("Texts for reuse"),
                _("answers and macros of the desk"),
                "desk:texts",
                _("canned replies, macros"),
            ),
            Page(
                _("Help articles"),
                _("with categories, documents and training dates"),
                "desk:help",
                _("knowledge base, documentation, release notes"),
            ),
            Page(_("Tags"), _("which there are, and how often"), "admin:tickets_tag_changelist"),
        ),
    ),
    Section(
        _("How it runs"),
        (
            Page(
                _("Reports"),
                _("promises kept, causes, load, monthly reports"),
                "desk:reports",
                _("statistics, figures, service levels, ratings"),
            ),
            Page(
                _("Long work"),
                _("what runs in the background, and how far it is"),
                "admin:jobs_job_changelist",
                _("jobs, progress, cancel"),
            ),
            Page(
                _("Webhooks, chat, paging and trackers"),
                _("what other programs are told, and how it went"),
                "admin:endpoints_list",
                _("Slack, Teams, PagerDuty, Opsgenie, Jira, GitHub, GitLab, endpoints, API"),
            ),
            Page(
                _("Tokens for programs"),
                _("which programs may ask here, in whose name, and for what"),
                "api_tokens:list",
                _("API, REST, interface, access keys, integration"),
            ),
            Page(
                _("Messages that leave the desk"),
                _("what was sent to whom, and what was not, with the reason"),
                "admin:unsent",
                _("outbox, sent, not sent, failed mail, bounces, send log, preview"),
            ),
            Page(
                _("Audit of the clocks"),
                _("whether what is stored is what was said"),
                "admin:tickets_clockdifference_changelist",
                _("differences, rebuild"),
            ),
            Page(
                _("Downloaded files"),
                _("who fetched which file"),
                "admin:tickets_attachmentdownload_changelist",
                _("attachments, log"),
            ),
            Page(
                _("Import"),
                _("move in from another system, with the history of cases"),
                "admin:imports",
                _("migrate, CSV, Zammad, Zendesk, upload, take over"),
            ),
            Page(
                _("Export"),
                _("everything that you have here, in one file"),
                "admin:exports",
                _("download, backup, move out, data portability"),
            ),
            Page(
                _("How long is kept what"),
                _("texts and files of closed cases, and people who were erased"),
                "admin:retention",
                _("retention, erase, delete, privacy, GDPR, forget"),
            ),
            Page(
                _("What was changed"),
                _("by whom, when, before and after, and why"),
                "admin:changes",
                _("audit trail, history, log"),
            ),
        ),
    ),
)


def all_pages() -> Iterator[tuple[Section, Page]]:
    """List every page with its section."""
    for section in SECTIONS:
        for page in section.pages:
            yield section, page
