"""The demo's cases: what happened on each, told through the actions with moments in the past."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from supportdesk.demo.cast import Cast
from supportdesk.demo.life import play_scene
from supportdesk.demo.play import LEVELS, Play
from supportdesk.demo.words import SUBJECTS
from tickets.actions.opening import open_case
from tickets.filing import Wish


@dataclass(frozen=True)
class Story:
    """One case, filed `hours_ago` by the contact of company `who`; acts are (hours later, verb).

    `is_scene`: what happens then is the vendor's own (`life.SCENES`).
    """

    hours_ago: float
    who: int
    acts: tuple[tuple[float, str], ...] = ()
    level: int = 0
    by_phone: bool = False
    is_scene: bool = False


ORDINARY = (
    Story(0.2, who=0),
    Story(2, who=1, level=1, acts=((0.5, "take"),)),
    Story(5, who=2, level=2, by_phone=True, acts=((0.3, "work"),)),
    Story(20, who=0, level=1, acts=((1, "triage"), (2, "reply"))),
    Story(26, who=1),
    Story(30, who=2, acts=((1, "take"), (2, "reply"), (6, "customer"))),
    Story(50, who=0, acts=((2, "reply"), (4, "ask"))),
    Story(74, who=1, level=1, acts=((1, "reply"), (20, "customer"), (22, "call"), (24, "note"))),
    Story(98, who=2, level=3, acts=((20, "schedule"), (30, "note"))),
    Story(120, who=0, level=1),
    Story(124, who=1, acts=((1, "reply"), (3, "ask"), (40, "customer"), (42, "resolve"))),
    Story(170, who=2, level=1, acts=((70, "reply"), (72, "pass_on"))),
    Story(200, who=0, acts=((2, "reply"), (24, "resolve"), (40, "close"), (41, "praise"))),
    Story(260, who=1, acts=((2, "reply"), (9, "resolve"), (30, "close"), (200, "reopen"))),
    Story(
        300,
        who=2,
        level=1,
        acts=((1, "reply"), (2, "raise"), (5, "work"), (9, "resolve"), (12, "complain")),
    ),
)
# Six cases of each vendor.
LIVES = tuple(Story(hours, who=2, is_scene=True) for hours in (160, 70, 44, 30, 9, 3))
STORIES = (*ORDINARY, *LIVES)


def tell(story: Story, *, number: int, vendor: str, cast: Cast, now: datetime) -> None:
    """File the case of a story and play it up to `now`."""
    if story.is_scene:
        play_scene(story.hours_ago, vendor=vendor, cast=cast, now=now)
        return
    opened_at = now - timedelta(hours=story.hours_ago)
    before = sum(other.level == story.level for other in STORIES[:number])
    subject, body = SUBJECTS[vendor][story.level][before]
    levels = LEVELS[vendor][story.level]
    wish = Wish(
        company=cast.companies[story.who],
        contact=cast.contacts[story.who],
        channel="phone" if story.by_phone and _may_call(cast, story) else "portal",
        product=cast.product,
        release=cast.releases.get(cast.companies[story.who].pk),
        **levels,
    )
    case = open_case(
        wish=wish,
        subject=subject,
        body=body,
        availability="Mobile, nine to six." if levels.get("priority") == "high" else "",
        by=cast.dispatcher if wish.channel == "phone" else cast.contacts[story.who],
        at=opened_at,
    )
    play = Play(cast, case, opened_at)
    for hours, verb in story.acts:
        play.until(opened_at + timedelta(hours=hours))
        play.do(verb)
    play.until(now)


def _may_call(cast: Cast, story: Story) -> bool:
    # A Community Edition has no telephone incidents (SC-22).
    return cast.companies[story.who].contracts.exclude(edition="community").exists()
