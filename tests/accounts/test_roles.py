"""Who may do what, against a table written by hand: what is allowed and what is not."""

import csv
from pathlib import Path

import pytest

from accounts import roles

with Path(__file__).with_name("roles.csv").open() as file:
    TABLE = [
        (role, act["act"], act[role] == "yes")
        for act in csv.DictReader(file)
        for role in act
        if role != "act"
    ]


@pytest.mark.parametrize(("role", "act", "allowed"), TABLE)
def test_role_may_do_what_the_table_says(role, act, allowed):
    assert roles.may(role, act) is allowed


def test_table_names_every_role_and_every_act():
    assert {role for role, _act, _allowed in TABLE} == roles.ROLES
    assert {act for _role, act, _allowed in TABLE} == set(roles.ACTS)


@pytest.mark.parametrize(("role", "act"), [("janitor", "triage"), ("agent", "fly"), ("", "")])
def test_unknown_role_or_act_is_a_mistake_of_ours(role, act):
    with pytest.raises(ValueError, match="no such"):
        roles.may(role, act)
