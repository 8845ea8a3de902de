"""Who may do what: one table. Pure: codes in, a truth value out, no Django."""

CONTACT = "contact"
COMPANY_ADMIN = "company_admin"
AGENT = "agent"
LEAD = "lead"
MANAGER = "manager"
DISPATCHER = "dispatcher"
ACCOUNT_MANAGER = "account_manager"
OPERATOR = "operator"

CUSTOMERS = frozenset({CONTACT, COMPANY_ADMIN})
DESK = frozenset({AGENT, LEAD, MANAGER, DISPATCHER, ACCOUNT_MANAGER})
ROLES = CUSTOMERS | DESK | {OPERATOR}
# Only these work in a tier; the others stand beside the ladder.
TIERED = frozenset({AGENT, LEAD})

_ANSWERING = frozenset({AGENT, LEAD, MANAGER})
_SORTING = _ANSWERING | {DISPATCHER}

ACTS: dict[str, frozenset[str]] = {
    # the customer's side
    "file_case": CUSTOMERS,
    "file_for_colleague": frozenset({COMPANY_ADMIN}),
    "read_own_cases": CUSTOMERS,
    "read_company_cases": frozenset({COMPANY_ADMIN}),
    "reply_as_customer": CUSTOMERS,
    "see_points": CUSTOMERS | DESK,
    "ask_for_entitlement": CUSTOMERS,
    "give_consent": CUSTOMERS,
    "ask_for_level": CUSTOMERS,
    "ask_for_escalation": CUSTOMERS,
    "upload_file": CUSTOMERS | DESK,
    "read_articles": CUSTOMERS | DESK,
    "rate_case": CUSTOMERS,
    "invite_colleague": frozenset({COMPANY_ADMIN}),
    # the desk
    "use_desk": DESK,
    "reply_as_agent": _ANSWERING,
    "ask_customer": _ANSWERING,
    "resolve": _ANSWERING,
    "add_note": DESK,
    "triage": _SORTING,
    "change_level": _SORTING,
    "assign": _SORTING,
    "hand_over": _SORTING,
    "escalate": DESK,
    "log_call": _SORTING,
    "open_for_caller": DESK,
    "acknowledge_escalation": DESK,
    "answer_escalation": _SORTING | {ACCOUNT_MANAGER},
    "log_escalation": DESK,
    "see_restricted": frozenset({LEAD, MANAGER}),
    "restrict_case": _SORTING,
    "merge_cases": _SORTING,
    "link_cases": _SORTING,
    "run_incident": frozenset({LEAD, MANAGER, DISPATCHER}),
    "track_defect": _ANSWERING,
    "offer_diagnostics": _ANSWERING,
    "tag_cases": DESK,
    "share_texts": frozenset({LEAD, MANAGER}),
    "arrange_duty": frozenset({LEAD, MANAGER}),
    "hand_over_all": frozenset({LEAD, MANAGER}),
    "bring_in_swat": frozenset({LEAD, MANAGER, DISPATCHER}),
    "change_many": _SORTING,
    "write_articles": _ANSWERING,
    "publish_articles": frozenset({LEAD, MANAGER}),
    "see_reports": frozenset({LEAD, MANAGER, ACCOUNT_MANAGER}),
    "send_reports": frozenset({MANAGER, ACCOUNT_MANAGER}),
    "propose_split": _ANSWERING,
    "decline_case": _ANSWERING,
    "credit_case": frozenset({LEAD, MANAGER}),
    # the vendor's house
    "decide_entitlement": frozenset({MANAGER}),
    "sell_points": frozenset({MANAGER, ACCOUNT_MANAGER}),
    "correct_points": frozenset({MANAGER}),
    "waive_points": frozenset({MANAGER}),
    "use_admin": frozenset({MANAGER}),
    "make_api_tokens": frozenset({MANAGER, COMPANY_ADMIN}),
    "edit_people": frozenset({MANAGER}),
    "edit_contracts": frozenset({MANAGER}),
    "edit_policy": frozenset({MANAGER}),
    "publish_policy": frozenset({MANAGER}),
    "move_data": frozenset({MANAGER}),
    "erase_people": frozenset({MANAGER}),
    "read_mailbox": DESK | {OPERATOR},
    # the platform
    "move_desk_time": frozenset({OPERATOR}),
    "see_tenants": frozenset({OPERATOR}),
    "make_tenants": frozenset({OPERATOR}),
}


def may(role: str, act: str) -> bool:
    """Tell whether `role` may do `act`. An act or role that is not in the table is a ValueError."""
    if role not in ROLES:
        raise ValueError(f"no such role: {role!r}")
    if act not in ACTS:
        raise ValueError(f"no such act: {act!r}")
    return role in ACTS[act]
