from tests.cases import file_case
from tickets.actions.tagging import add_tag
from tickets.listed import beside_cases
from tickets.presence import Present, note_presence, present_on_cases
from tickets.tags import tags_on_cases


def test_one_statement_says_what_two_say_of_who_is_there_and_of_tags(metalogix, alpha):
    one, other, bare = (file_case(alpha, severity="3") for _ in range(3))
    for name in ("later", "hot"):
        add_tag(case_id=one.pk, name=name, by=alpha.agent)
    for person, is_writing in ((alpha.lead, False), (alpha.agent_2, True), (alpha.agent, True)):
        note_presence(case=one, by=person, is_writing=is_writing)
    note_presence(case=other, by=alpha.lead, is_writing=False)
    keys = [one.pk, other.pk, bare.pk]

    present, tags = beside_cases(keys, besides=alpha.agent)

    assert present[one.pk] == [Present(alpha.agent_2.name, True), Present(alpha.lead.name, False)]
    assert tags == {one.pk: ["hot", "later"]}
    assert (present, tags) == (present_on_cases(keys, besides=alpha.agent), tags_on_cases(keys))
