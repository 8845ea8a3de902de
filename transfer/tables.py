"""What a full export has: every table of the vendor's, or the reason why one or a column is not.

A test compares these lists with the models that there are: a new one belongs on one of them.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.secrets import SealedField

# In the order of their layers: what others point at comes first.
EXPORTED = (
    *("accounts.Company", "accounts.Site", "accounts.CompanyDomain", "accounts.Person"),
    *("accounts.Brand", "accounts.Change", "accounts.Invitation"),
    *("accounts.Team", "accounts.TeamMember", "accounts.PersonSkill"),
    *("outbox.OutboxMessage", "outbox.MailText", "outbox.DigestWish"),
    *("outbox.WebhookEndpoint", "outbox.WebhookDelivery", "outbox.WebhookTry"),
    *("sla.PolicyVersion", "sla.PolicyWithdrawal", "sla.PublishRequest", "sla.PolicyDraft"),
    *("sla.CalendarRow", "sla.CalendarWindow", "sla.CalendarException", "sla.TargetRow"),
    *("entitlements.Product", "entitlements.Contract", "entitlements.ContractLine"),
    *("entitlements.BenefitItem", "entitlements.Bulletin"),
    *("entitlements.PointsAccount", "entitlements.PointsLot", "entitlements.PointsEntry"),
    *("entitlements.PointsLine", "entitlements.MoneyRefund", "entitlements.Correction"),
    *("entitlements.Registration", "entitlements.Release", "entitlements.Licence"),
    *("entitlements.Download", "entitlements.TopicChoice", "entitlements.EntitlementRequest"),
    "entitlements.GateOverride",
    *("knowledge.Category", "knowledge.Article", "knowledge.ArticleVersion"),
    *("knowledge.ArticleProduct", "knowledge.Feedback", "knowledge.Deflection"),
    *("knowledge.Document", "knowledge.DocumentFile", "knowledge.TrainingDate"),
    *("tickets.Case", "tickets.CaseEvent", "tickets.StoredClock", "tickets.Message"),
    *("tickets.InternalNote", "tickets.Attachment", "tickets.AttachmentDownload"),
    *("tickets.RemoteConsent", "tickets.SplitProposal", "tickets.BulkChange", "tickets.BulkCase"),
    *("tickets.LevelRequest", "tickets.FeatureRequest", "tickets.CaseLink", "tickets.CaseMerge"),
    *("tickets.Defect", "tickets.DiagnosticDrop", "tickets.CaseQuestion", "tickets.QuestionItem"),
    *("tickets.ContactAttempt", "tickets.CaseRating", "tickets.ReopenRequest"),
    *("tickets.CannedReply", "tickets.Macro", "tickets.Tag", "tickets.CaseTag"),
    *("tickets.SavedView", "tickets.TeamRoute", "tickets.CaseCounter", "tickets.HeldAnswer"),
    *("tickets.CaseDraft", "tickets.ActDraft", "tickets.SubjectChange", "tickets.TrackerLink"),
    *("escalation.Notice", "escalation.NoticeBatch", "escalation.DutyShift"),
    *("escalation.Absence", "escalation.WorkingHours", "escalation.EscalationRequest"),
    *("reports.Miss", "reports.ServiceReport", "reports.ReportSwitch", "reports.ReportWish"),
    *("mailbox.Mailbox", "mailbox.RawMail"),
    *("transfer.ImportedRow", "transfer.Erasure", "transfer.RetentionRule"),
    *("transfer.RetentionRun", "transfer.ErasedCase"),
)
_PASSING = _("of this installation only: work in hand, made anew wherever it is needed")
LEFT_OUT = {
    "jobs.Job": _PASSING,
    "jobs.JobPart": _PASSING,
    "outbox.DeliveredMail": _("what a demonstration shows instead of sending mail"),
    "entitlements.DailyRun": _PASSING,
    "tickets.ClockDifference": _PASSING,
    "tickets.ReplayedText": _PASSING,
    "tickets.ReplayFlip": _PASSING,
    "tickets.ReplayGap": _PASSING,
    "tickets.CaseWords": _("looked up when something is searched, made of the texts themselves"),
    "tickets.Presence": _PASSING,
    "tickets.CaseLook": _PASSING,
    "api.ApiToken": _("keys to this installation: another one gives its own"),
    "api.TokenUse": _PASSING,
    "api.KeptReply": _PASSING,
    "transfer.ImportRun": _PASSING,
    "transfer.ImportLine": _PASSING,
    "transfer.ImportFault": _PASSING,
    "transfer.ExportRun": _PASSING,
}
_SECRET = _("a secret, or what a secret can be told from")
COLUMNS_LEFT_OUT = {
    ("accounts.Person", "password"): _SECRET,
    ("accounts.Person", "email_key"): _("made of the address by the database"),
    ("accounts.Person", "sign_outs"): _SECRET,
    ("entitlements.Registration", "email_key"): _("made of the address by the database"),
    ("entitlements.Registration", "token_digest"): _SECRET,
    ("outbox.WebhookEndpoint", "hook_token"): _SECRET,
    ("mailbox.Mailbox", "hook_serial"): _SECRET,
}
# Columns that sound like secrets and are none.
NO_SECRETS = frozenset(
    {
        ("outbox.OutboxMessage", "digest"),
        ("outbox.WebhookEndpoint", "old_secret_until"),
        ("transfer.ImportedRow", "digest"),
    }
)


def exported() -> Iterator[type[Model]]:
    """List the models of an export, in their order."""
    return (apps.get_model(label) for label in EXPORTED)


def columns_left_out(model: type[Model]) -> list[str]:
    """Name the columns of a model that no export has: what is sealed, and what is listed."""
    label = model._meta.label
    named = {name for listed, name in COLUMNS_LEFT_OUT if listed == label}
    return sorted(
        str(field.column)
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField) or field.name in named
    )
