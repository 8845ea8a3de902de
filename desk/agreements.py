"""What a case rests on and what was agreed about it, read once for the desk's case page."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from accounts.models import Person
from accounts.queries import whereabouts
from desk.beside import TOLD
from entitlements.balances import balance_at, spent_on_case
from entitlements.models import Contract
from entitlements.queries import contract_of
from entitlements.releases import releases_of
from entitlements.support_end import last_supported_day
from sla.engine.clock import CaseState
from sla.engine.policy import Policy
from tickets.actions.consenting import running_consents
from tickets.actions.following import is_followed
from tickets.actions.splitting import waiting_split
from tickets.models import Case, RemoteConsent, SplitProposal
from tickets.queries import visible_cases


@dataclass(frozen=True)
class Agreements:
    """The points, the contract, the release, the permissions and the proposal of one case."""

    case: Case
    state: CaseState
    by: Person
    at: datetime
    # Of the entries on the timeline: what never was costs no statement.
    kinds: frozenset[str]

    @property
    def policy(self) -> Policy:
        return self.state.policy

    @property
    def has_points(self) -> bool:
        """Tell whether cases cost points under the policy of this one."""
        return self.policy.has_points

    @cached_property
    def spent(self) -> int:
        """Count the points that the case has cost and that did not come back."""
        return spent_on_case(self.case.company, self.case.number) if self.has_points else 0

    @cached_property
    def balance(self) -> int:
        """Count the points that the company can spend now."""
        return balance_at(self.case.company, self.at)

    @cached_property
    def today(self) -> date:
        """Give the date at the customer's."""
        case = self.case
        return whereabouts(person=case.contact, company=case.company, site=case.site).date_at(
            self.at
        )

    @cached_property
    def contract(self) -> Contract | None:
        """Find the contract that counts today; it may be another than at the opening."""
        return contract_of(self.case.company, self.case.product, self.today)

    @property
    def edition_name(self) -> str:
        """Name the edition of the contract as the policy does."""
        code = self.contract.edition if self.contract else ""
        named = {edition.code: edition.name for edition in self.policy.editions}
        return named.get(code, code)

    @cached_property
    def support_ends_on(self) -> date | None:
        """Find the last day on which the release in use is supported; None where none is known."""
        release, product = self.case.release, self.case.product
        if release is None or product is None:
            return None
        rule = self.policy.release_rule(self.state.facts)
        return last_supported_day(release, list(releases_of(product)), rule)

    @property
    def is_support_over(self) -> bool:
        """Tell whether the release in use has left support: an open case goes on (DD-32)."""
        return self.support_ends_on is not None and self.support_ends_on < self.today

    @cached_property
    def consents(self) -> list[RemoteConsent]:
        return running_consents(self.case, self.at) if "consent_given" in self.kinds else []

    @cached_property
    def split(self) -> SplitProposal | None:
        return waiting_split(self.case) if "split_proposed" in self.kinds else None

    @cached_property
    def offspring(self) -> list[Case]:
        """List the cases split off from this one or about it, of those that one may see (DD-06)."""
        if not self.kinds & {"case_split", "followed_up"}:
            return []
        found = visible_cases(self.by).filter(origin=self.case).order_by("number")
        return list(found.only(*TOLD))

    @cached_property
    def origin(self) -> Case | None:
        """Find the case that this one came from; None for none that one may see (DD-06)."""
        if self.case.origin_id is None:
            return None
        return visible_cases(self.by).filter(pk=self.case.origin_id).first()

    @property
    def is_followed(self) -> bool:
        """Tell whether a new case can be about this one (SC-18)."""
        return is_followed(self.case)
