"""The pages on which managers translate the texts of the policy, without JavaScript."""

from accounts.tenancy import tenant
from sla.documents import policy_of, read_rows
from sla.engine.document import canonical_text, parse_document
from sla.engine.texts import words_in
from sla.forms.translations import name_of
from sla.queries import current_policy, original_version, policy_version, working_copy
from tests.sla.pages import in_alpha, published, sent_by, text_of, url

PREMIUM = "As Standard with shorter times, and severity 1 by phone round the clock."


def german(manager):
    return url("policydraft_language", "de")


def saved():
    return policy_of(read_rows(working_copy()))


def send(manager, changes, code="de"):
    page = manager.get(url("policydraft_language", code))
    data = sent_by(page) | {name_of(text): said for text, said in changes.items()}
    return manager.post(url("policydraft_language", code), data, follow=True)


def test_text_is_translated_taken_back_and_published_on_the_page(manager, alpha):
    page = send(manager, {"Standard": "Grundplan", PREMIUM: ""})

    assert "Saved in the working copy" in text_of(page)
    words = words_in(in_alpha(alpha, saved), "de")
    assert (words["Standard"], PREMIUM in words, len(words)) == ("Grundplan", False, 41)
    again = manager.get(url("policydraft_language", "de"))
    first = again.context["form"].sections[0]
    assert (first.title, first.fields[0].label, first.progress.missing) == ("Plans", PREMIUM, 1)
    assert "41 of 42 texts" in text_of(again)
    assert "41 of 42 texts" in text_of(manager.get(url("policydraft_languages")))
    checked = text_of(manager.get(url("policydraft_lint")))
    assert "1 of 42 texts have no translation into German." in checked
    publishing = text_of(manager.get(url("policydraft_publish")))
    assert "Translations, German, “Standard” Standard Grundplan" in publishing
    assert f"Translations, German, “{PREMIUM}” Wie Standard" in publishing
    published(manager)
    with tenant(alpha.tenant) as at:
        version = current_policy(at)
        assert version.policy.plan("standard").name == "Standard"
        assert original_version(version.id) is policy_version(version.id) is version.policy


def test_page_sent_back_as_it_came_changes_nothing(manager, alpha):
    before = in_alpha(alpha, saved)

    page = send(manager, {})

    assert "The working copy says what the version published last says." in text_of(page)
    assert in_alpha(alpha, saved) == before
    text = canonical_text(before)
    assert canonical_text(parse_document(text)) == text


def test_changed_text_leaves_its_translation_to_copy_from_until_it_is_removed(manager, alpha):
    section = url("policydraft_section", "general")
    page = manager.get(section)
    form = page.context["form_page"].blocks[0].form
    sent = {field.html_name: field.value() or "" for field in form}
    sent |= {"revision": page.context["revision"], "policy-summary": "We answer."}
    manager.post(section, sent)

    page = manager.get(url("policydraft_language", "de"))
    gone = page.context["form"].gone
    checked = text_of(manager.get(url("policydraft_lint")))
    sent = sent_by(page) | {
        f"drop-{name_of(gone[0])}": "on",
        name_of("We answer."): "Wir antworten.",
    }
    manager.post(url("policydraft_language", "de"), sent)

    assert [text[:20] for text in gone] == ["Standard and Premium"]
    assert "This translates nothing: perhaps the text was changed." in checked
    words = words_in(in_alpha(alpha, saved), "de")
    assert (words["We answer."], gone[0] in words, len(words)) == ("Wir antworten.", False, 42)


def test_other_languages_and_other_peoples_work_are_not_written_over(manager, alpha):
    stale = sent_by(manager.get(url("policydraft_language", "de")))
    send(manager, {"Standard": "Standardised"}, code="en")

    answer = manager.post(url("policydraft_language", "de"), stale)

    policy = in_alpha(alpha, saved)
    assert "There is a problem" in text_of(answer)
    assert {one.language: len(one.words) for one in policy.translations} == {"de": 42, "en": 1}
    assert manager.get(url("policydraft_language", "tlh")).status_code == 404
