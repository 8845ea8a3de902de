"""Examples of what is sent and answered, for the description and the page of it."""

OPENING = {
    "subject": "Copying is down to 2 MB a second",
    "body": "Since the update of last night. Nobody can back up.",
    "product": "router",
    "severity": "1",
    "environment": "production",
    "accept_points": 10,
}
COMPANY = {"id": 7, "name": "Bergmann GmbH"}
CONTACT = {"id": 21, "name": "Sam Carter"}
CASE = {
    "id": "0b8f6c1e-7a55-4a0c-9d54-2f9f6a1c7a11",
    "number": 1042,
    "reference": "MX-1042",
    "url": "https://metalogix.example/cases/1042/",
    "subject": OPENING["subject"],
    "status": "open",
    "company": COMPANY,
    "contact": CONTACT,
    "product": {"code": "router", "name": "Router"},
    "release": "7.2",
    "channel": "portal",
    "case_type": "incident",
    "severity": "1",
    "priority": "",
    "reported_severity": "1",
    "reported_priority": "",
    "plan": "premium",
    "environment": "production",
    "affected": "",
    "has_workaround": False,
    "availability": "",
    "keep_informed": False,
    "call_owed": False,
    "time_zone": "Europe/Berlin",
    "tier": 1,
    "scheduled_for": None,
    "estimate_at": None,
    "away_until": None,
    "policy_version": 3,
    "merged_into": None,
    "opened_at": "2026-03-02T09:00:00Z",
    "resolved_at": None,
    "closed_at": None,
    "updated_at": "2026-03-02T09:00:00Z",
    "desk": None,
}
REPLY = {"body": "We see it too, and mend it tonight."}
ENTRY = {
    "seq": 2,
    "kind": "agent_replied",
    "title": "Support answered",
    "internal": False,
    "side": "desk",
    "by": {"id": 12, "name": "Ana Ruiz"},
    "occurred_at": "2026-03-02T09:20:00Z",
    "recorded_at": "2026-03-02T09:20:00Z",
    "text": REPLY["body"],
    "facts": {},
    "files": [],
}
DONE = {"case": CASE, "entry": ENTRY}
FORESEEN = {
    "may_be_opened": True,
    "refusals": [],
    "notices": [],
    "policy_version": 3,
    "plan": "premium",
    "case_type": "incident",
    "severity": "1",
    "priority": None,
    "product": "router",
    "time_zone": "Europe/Berlin",
    "call_owed": False,
    "first_response": {
        "state": "running",
        "due_from": None,
        "due_at": "2026-03-02T10:00:00Z",
    },
    "cost": {"points": 10, "balance": 40, "missing": 0},
}
POINTS = {
    "balance": 30,
    "lots": [
        {
            "what": "Ten points",
            "points": 10,
            "remaining": 10,
            "expires_at": "2026-06-02T22:00:00Z",
        },
        {"what": "Granted", "points": 20, "remaining": 20, "expires_at": None},
    ],
    "later_lots": 0,
    "later_points": 0,
}
ME = {
    "person": CONTACT,
    "role": "company_admin",
    "company": COMPANY,
    "vendor": "Metalogix",
    "token": "Monitoring",
    "scopes": ["cases:read", "cases:write", "policy:read"],
    "expires_at": "2026-05-31T09:00:00Z",
    "now": "2026-03-02T09:00:00Z",
}
