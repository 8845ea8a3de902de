"""Who can sign in at every vendor of the demo: role, address, page where their day begins."""

SIGN_INS = (
    ("customer", "customer@demo.example", "/"),
    ("company admin", "admin@demo.example", "/"),
    ("agent, Level 1", "agent1@demo.example", "/desk/"),
    ("agent, Level 2", "agent3@demo.example", "/desk/"),
    ("agent, Level 3", "agent4@demo.example", "/desk/"),
    ("lead", "lead@demo.example", "/desk/"),
    ("dispatcher", "dispatcher@demo.example", "/desk/"),
    ("manager", "manager@demo.example", "/admin/"),
    ("manager who approves", "manager2@demo.example", "/admin/"),
)
OPERATOR = "operator@demo.example"
