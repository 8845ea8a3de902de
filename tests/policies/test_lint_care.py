"""The linter on raising, repeating, waiting, SWAT and escalations that customers ask for."""

import pytest

from sla.engine.document import parse_document
from sla.engine.lint import NOTICE, Finding
from sla.findings import findings_of
from tests.policies.test_lint import PROBLEM, TOLD, WORST, at, row, step
from tests.policies.tidy import TODAY, findings, spoiled

PAGED = TOLD.replace("notify", "page")
# The worst level pages, and is answered sooner than the next.
PAGING = [
    (WORST, f"{WORST}paging = true\n"),
    (PROBLEM, '{ plan = ["tin"], case_type = ["problem"], severity = ["2"] }'),
    row('{ plan = ["tin"], case_type = ["problem"], severity = ["1"] }'),
]
LEVEL = {"axis": "severity", "level": "1"}
CADENCE = row("{}", '{ kind = "elapsed", hours = 1 }', "update_cadence")
RAISED = step("raised", "case", "opened", 'when = { severity = ["1"] }', acts=PAGED)
LATE = step("slow", "update_cadence", "due")
SWAT = '\n[swat]\nname = "Few"\nwhen = '
AGAIN = "repeat_seconds = 900\nrepeat_times = 3"


@pytest.mark.parametrize(
    ("replacements", "found"),
    [
        ([*PAGING, RAISED, CADENCE, LATE], []),
        (
            [*PAGING, step("page", "first_response", "opened", acts=PAGED), CADENCE, LATE],
            [at("severities[0].paging", "raised_unpaged", **LEVEL)],
        ),
        (
            [*PAGING, RAISED],
            [at("severities[0].paging", "paged_without_updates", NOTICE, **LEVEL)],
        ),
        (
            [
                *PAGING,
                step("x", "case", "opened", 'when = { severity = ["2"] }', acts=PAGED),
                step("y", "first_response", "opened", acts=PAGED),
                CADENCE,
                LATE,
            ],
            [at("severities[0].paging", "raised_unpaged", **LEVEL)],
        ),
        ([step("a", "case", "opened", AGAIN)], [at("ladder[1].urgent", "repeat_not_urgent")]),
        ([step("a", "case", "opened", f"urgent = true\n{AGAIN}")], []),
        ([("", "\n[escalation]\nopen = true")], [at("escalation.open", "escalation_unanswered")]),
        (
            [
                ("", "\n[escalation]\nopen = true"),
                row("{}", clock="escalation_answer"),
                step("a", "escalation_answer", "due"),
            ],
            [],
        ),
        (
            [("", "\n[waiting]\nclose_after = { days = 7 }")],
            [at("waiting.warn_days", "closed_unwarned")],
        ),
        ([("", f'{SWAT}{{ severity = ["1"] }}')], []),
        (
            [
                ('code = "email"\nname = "E-mail"', 'code = "email"\nname = "M"\nplans = ["tin"]'),
                ("", f'{SWAT}{{ plan = ["gold"], channel = ["email"] }}'),
            ],
            [at("swat.when", "swat_for_nobody")],
        ),
    ],
)
def test_what_leads_to_nothing_is_found(
    replacements: list[tuple[str, str]], found: list[Finding]
) -> None:
    assert findings(spoiled(*replacements)) == tuple(found)


def test_step_that_only_tells_the_customer_leaves_the_desk_in_the_dark() -> None:
    text = spoiled((TOLD, TOLD.replace("notify", "tell_customer")))

    assert [finding.code for finding in findings(text)] == ["late_untold"]


def test_finding_about_raising_says_what_to_do() -> None:
    text = spoiled(*PAGING, step("page", "first_response", "opened", acts=PAGED), CADENCE, LATE)

    (told,) = findings_of(parse_document(text), TODAY)

    assert (told.sentence, told.advice) == (
        "severity 1, paging: “Worst” pages somebody, but no step on the case itself does: who "
        "raises a case to it later pages nobody.",
        "Let a step page somebody on “the case itself”, as it begins.",
    )
