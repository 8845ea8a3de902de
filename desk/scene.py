"""One case, read once for one person of the desk: what its page and its forms are made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString

from accounts.desk_moves import Moves, desk_moves, leapt_seconds
from accounts.errors import NotFound
from accounts.models import Person, Team
from accounts.queries import desk_people, teams_of_tiers, visible_people
from desk.agreements import Agreements
from desk.beside import Service, previous_cases, service_now
from desk.case_files import DeskFiles
from desk.ended_clocks import ended_list
from desk.escalating import Escalations
from desk.judged import Judged
from desk.life import Life
from desk.line_heads import Heads
from desk.page import zone_of
from desk.shown_clocks import ShownClock, working_left
from desk.story import Line, Stretch, is_from_customer, stretches, tone_of
from desk.teamwork_words import readers_text
from desk.together import Together
from desk.told import told_of
from desk.words import event_text, place_text
from escalation.actions import TOP_TIER
from escalation.mail import LATE_SECONDS
from escalation.steps import lateness
from sla.engine.clock import CaseState
from sla.engine.pageparts import Phone
from sla.engine.parts import Level
from sla.engine.policy import Policy
from sla.explain import span_text
from tickets.accepted import told_beside
from tickets.actions.ending import came_back_declined
from tickets.audience import readers_of
from tickets.history import Entry, history, reasons_of
from tickets.life_reading import life_names
from tickets.models import Case, CaseEvent, CaseRating
from tickets.queries import who_sees
from tickets.rating import ratings_of
from tickets.reading import Telling, clock_views, effective_dates
from tickets.reopening import reopen_until
from tickets.timeline import Timeline, load_timeline, timeline_of


@dataclass(frozen=True)
class Scene:
    """A case as `by` sees it at `at`; each part is read when it is first asked for."""

    case: Case
    by: Person
    at: datetime

    def __post_init__(self) -> None:
        # They are known, and are read once.
        self.case.tenant = self.case.company.tenant = self.by.tenant

    @classmethod
    def of_page(cls, case: Case, by: Person, at: datetime) -> "Scene":
        """Read a case for its own page: the entries once, for what is shown and what is judged."""
        scene = cls(case, by, at)
        scene.__dict__["timeline"] = timeline_of(case, [entry.event for entry in scene.entries])
        return scene

    @cached_property
    def timeline(self) -> Timeline:
        return load_timeline(self.case)

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset(event.kind for event in self.timeline.events)

    @cached_property
    def state(self) -> CaseState:
        return self.timeline.state()

    @cached_property
    def entries(self) -> list[Entry]:
        owner = [self.case.owner] if self.case.owner else []
        return history(self.case, self.by, [*self._desk, self.case.contact, *owner, self.by])

    @cached_property
    def policy(self) -> Policy:
        return self.state.policy

    @cached_property
    def agreed(self) -> Agreements:
        return Agreements(self.case, self.state, self.by, self.at, self._kinds)

    @cached_property
    def escalating(self) -> Escalations:
        return Escalations(self.case, self.timeline, self.state, self.by, self.at, self._desk)

    @cached_property
    def files(self) -> DeskFiles:
        return DeskFiles(self.case, self.by, self.at, self.policy, self._kinds, self.team.around)

    @cached_property
    def team(self) -> Together:
        return Together(self.case, self.by, self.at, seen=self.case.last_seq)

    @cached_property
    def judged(self) -> Judged:
        return Judged(self.case, self.timeline, self.state, self.by, self.at)

    @cached_property
    def life(self) -> Life:
        return Life(self.case, self.state, self.by, self.at, self._kinds)

    @cached_property
    def readers(self) -> str:
        """Name who reads what is said on this case: its contact, or so many people."""
        merged = any(entry.event.kind == "merged_here" for entry in self.entries)
        return readers_text(self.case, readers_of(self.case, through=False) if merged else 1)

    @cached_property
    def everybody(self) -> str:
        """Name who reads an answer, which on an incident goes on to the cases that hang on it."""
        if not self.case.is_incident:
            return self.readers
        return readers_text(self.case, readers_of(self.case, through=True))

    @cached_property
    def zone(self) -> str:
        return zone_of(self.by)

    @cached_property
    def clocks(self) -> list[ShownClock]:
        views = clock_views(self.state, self.at, for_customer=False)
        return [ShownClock(view, working_left(view, self.at), self) for view in views]

    @cached_property
    def telling(self) -> Telling:
        """Give what the receipts are told from."""
        return Telling(
            story=self.timeline,
            effective=effective_dates(self.timeline.policies),
            reasons=reasons_of(self.entries),
        )

    def clock(self, key: str) -> ShownClock:
        """Find a clock by the key of its view. Raises NotFound."""
        found = next((clock for clock in self.clocks if clock.view.key == key), None)
        if found is None:
            raise NotFound
        return found

    @cached_property
    def open_clocks(self) -> list[ShownClock]:
        return [clock for clock in self.clocks if clock.view.clock.is_open]

    @cached_property
    def ended_clocks(self) -> list[ShownClock]:
        """List the clocks that have ended, in the order in which they did."""
        ended = [clock for clock in self.clocks if not clock.view.clock.is_open]
        return sorted(ended, key=lambda clock: clock.view.ended_at or self.at)

    @property
    def ended_list(self) -> SafeString:
        return ended_list(self.ended_clocks, self.zone)

    @cached_property
    def lines(self) -> list[Line]:
        names, heads = self._names([entry.event for entry in self.entries]), Heads(self.zone)
        return [self._line(entry, names, heads) for entry in self.entries]

    @cached_property
    def told(self) -> dict[int, str]:
        """Say who of the desk was told of an entry; no statement where no step was fired."""
        kinds = {entry.event.kind for entry in self.entries}
        return told_of(self.case) if kinds & {"step_fired", "handed_over"} else {}

    @cached_property
    def stretches(self) -> list[Stretch]:
        return stretches(self.lines)

    @cached_property
    def last_word(self) -> Line | None:
        """Find what the customer said last, where other things came after it."""
        said = (line for line in reversed(self.lines) if is_from_customer(line.entry))
        found = next(said, None)
        return None if found is None or found is self.lines[-1] else found

    @cached_property
    def first_new(self) -> Line | None:
        """Find where to read on."""
        return next((line for line in self.lines if line.is_new), None)

    @property
    def _looked(self) -> int:
        return self.team.around.looked

    @cached_property
    def ratings(self) -> list[CaseRating]:
        """List what was said of the ends of the case; no statement where it never had one."""
        return ratings_of(self.case) if self._kinds & {"resolved", "closed"} else []

    @cached_property
    def previous(self) -> list[Case]:
        return previous_cases(self.case, self.by)

    @cached_property
    def service(self) -> Service | None:
        return service_now(self.state, self.at)

    @cached_property
    def _desk(self) -> list[Person]:
        return list(desk_people())

    @cached_property
    def colleagues(self) -> list[Person]:
        """List who of the desk can be told of the case."""
        if not self.case.is_restricted:
            return self._desk
        seeing = who_sees(self.case)
        return [person for person in self._desk if person.pk in seeing]

    @property
    def workers(self) -> list[Person]:
        """List who can own a case."""
        return [person for person in self._desk if person.may("reply_as_agent")]

    @cached_property
    def teams(self) -> list[Team]:
        return list(teams_of_tiers())

    @cached_property
    def levels(self) -> list[Level]:
        levels = (self.policy.level(axis, getattr(self.case, axis)) for axis in self.policy.axes)
        return [level for level in levels if level is not None]

    @property
    def phones(self) -> tuple[Phone, ...]:
        return self.policy.phones_for(self.state.facts.region)

    @property
    def plan_name(self) -> str:
        plan = self.policy.plan(self.case.plan)
        return plan.name if plan else self.case.plan

    @property
    def type_name(self) -> str:
        case_type = self.policy.case_type(self.case.case_type)
        return case_type.name if case_type else self.case.case_type

    @property
    def place(self) -> str:
        return place_text(self.case.tier, self.case.team.name if self.case.team else "")

    @property
    def channel_name(self) -> str:
        channel = self.policy.channel(self.case.channel)
        return channel.name if channel else self.case.channel

    @property
    def is_zone_assumed(self) -> bool:
        """Tell whether nothing is known of where the customer is (DD-25)."""
        return self.state.facts.zone is None

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether the customer's clock reads otherwise than that of whoever looks."""
        zones = (self.case.time_zone, self.zone)
        theirs, mine = (self.at.astimezone(ZoneInfo(zone)) for zone in zones)
        return theirs.utcoffset() != mine.utcoffset()

    @cached_property
    def accepted_with(self) -> list[str]:
        """Say what was told beside the opening of the case: days of grace, a support that ends."""
        opening = self.timeline.events[0]
        return told_beside(
            opening.payload, self.timeline.policies[opening.payload["policy_version"]]
        )

    @property
    def has_higher_tier(self) -> bool:
        return self.case.tier < TOP_TIER

    @property
    def has_slot(self) -> bool:
        """Tell whether the case is worked at an agreed time (MS-10)."""
        return self.state.is_scheduled

    @property
    def reopen_until(self) -> datetime | None:
        return reopen_until(self.case, self.policy) if self.may_be_reopened else None

    @property
    def may_be_reopened(self) -> bool:
        """Tell whether the case did not end for good by being declined (SC-15)."""
        if self.case.merged_into_id is not None:
            return False
        return not (self.case.declined and came_back_declined(self.timeline.events))

    def lines_after(self, seq: int) -> list[Line]:
        """List what came after an entry that somebody has seen; fired steps say nothing new."""
        return [
            line for line in self.lines if line.event.seq > seq and line.event.kind != "step_fired"
        ]

    def _names(self, events: Iterable[CaseEvent]) -> dict[str, str]:
        owners = {event.payload["owner"] for event in events if event.kind == "assigned"}
        owners |= {event.payload.get("transferred_to") for event in events}
        owners.update(*(event.payload.get("mentioned", ()) for event in events))
        owners.discard(None)
        people = visible_people(self.by).filter(pk__in=owners) if owners else []
        moved = any(event.kind == "handed_over" or "team" in event.payload for event in events)
        teams = self.teams if moved else []
        named = {f"person:{person.pk}": person.name for person in people}
        named |= {f"team:{team.pk}": team.name for team in teams}
        return named | life_names(events) | {"case": f"{self.by.tenant.case_prefix}-%s"}

    def _line(self, entry: Entry, names: dict[str, str], heads: Heads) -> Line:
        event = entry.event
        is_new = 0 < self._looked < event.seq and event.by_id not in (None, self.by.pk)
        late = lateness(event) if event.kind == "step_fired" else 0
        leapt = self._leapt(event, late) if late > LATE_SECONDS else 0
        return Line(
            entry=entry,
            title=heads.title(event),
            head=heads.of(entry, is_new=is_new),
            text=event_text(event, self.policy, names, self.zone),
            late=span_text(late - leapt) if late - leapt > LATE_SECONDS else "",
            is_leapt=leapt > 0 and late - leapt <= LATE_SECONDS,
            tone=tone_of(entry),
            told=self.told.get(event.pk, ""),
            is_new=is_new,
            has_files=event.pk in self.files.by_event,
        )

    def _leapt(self, event: CaseEvent, late: int) -> int:
        since = event.occurred_at - timedelta(seconds=late)
        return leapt_seconds(self._moves, since, event.occurred_at)

    @cached_property
    def _moves(self) -> Moves:
        return desk_moves()
