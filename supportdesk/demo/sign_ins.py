"""Who can sign in at every vendor of the demo: role, address, page where their day begins."""

SIGN_INS = (
    ("customer", "customer@demo.example", "/"),
    ("customer, 2nd company", "customer2@demo.example", "/"),
    ("customer, 3rd company", "customer3@demo.example", "/"),
    ("company admin", "admin@demo.example", "/"),
    ("agent, Level 1", "agent1@demo.example", "/desk/"),
    ("agent, Level 2", "agent3@demo.example", "/desk/"),
    ("agent, Level 3", "agent4@demo.example", "/desk/"),
    ("lead", "lead@demo.example", "/desk/"),
    ("dispatcher", "dispatcher@demo.example", "/desk/"),
    ("account manager", "sales@demo.example", "/desk/"),
    ("manager", "manager@demo.example", "/admin/"),
    ("manager who approves", "manager2@demo.example", "/admin/"),
)
# Only at datadynamics: the licence is over, and an exception is asked for.
LAPSED = "customer4@demo.example"
OPERATOR = "operator@demo.example"
