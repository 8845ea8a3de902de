"""Putting tags on cases and taking them off. No entry of the timeline: they sort, and say nothing.

A tag is made where it is first used, and merged or renamed by the managers.
"""

from django.db import transaction

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from tickets.models import Case
from tickets.queries import lock_case
from tickets.tags import TAG_LENGTH, TAGS_A_CASE, tag_name
from tickets.teamwork_errors import NoSuchTag, TooManyTags
from tickets.teamwork_models import CaseTag, Tag


@transaction.atomic
def add_tag(*, case_id: int, name: str, by: Person) -> Tag:
    """Put a tag on a case; a second time changes nothing. Locks the case.

    Raises NotAllowed, NoSuchTag, TooManyTags.
    """
    case, wanted = _locked(case_id, by), _checked(name)
    tag, _made = Tag.objects.get_or_create(tenant_id=current_tenant_id(), name=wanted)
    known = CaseTag.objects.filter(case=case)
    if not known.filter(tag=tag).exists():
        if known.count() >= TAGS_A_CASE:
            raise TooManyTags(field="tag", most=TAGS_A_CASE)
        CaseTag.objects.create(tenant_id=case.tenant_id, case=case, tag=tag)
    return tag


@transaction.atomic
def remove_tag(*, case_id: int, tag_id: int, by: Person) -> None:
    """Take a tag off a case; nothing happens where it is not there. Locks the case."""
    CaseTag.objects.filter(case=_locked(case_id, by), tag=tag_id).delete()


@transaction.atomic
def rename_tag(*, tag_id: int, name: str, by: Person) -> Tag:
    """Give a tag another name; where that is taken the two become one. Locks the tags.

    Raises NotAllowed, NotFound, NoSuchTag.
    """
    if not by.may("use_admin"):
        raise NotAllowed
    wanted = _checked(name)
    tags = Tag.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    found = {tag.pk: tag for tag in tags.filter(pk=tag_id) | tags.filter(name=wanted)}
    tag = found.pop(tag_id, None)
    if tag is None:
        raise NotFound
    for other in found.values():
        return _merged(tag, into=other)
    tag.name = wanted
    tag.save(update_fields=["name"])
    return tag


def _merged(tag: Tag, *, into: Tag) -> Tag:
    both = CaseTag.objects.filter(tag=into).values("case")
    CaseTag.objects.filter(tag=tag, case__in=both).delete()
    CaseTag.objects.filter(tag=tag).update(tag=into)
    tag.delete()
    return into


@transaction.atomic
def delete_tag(*, tag_id: int, by: Person) -> None:
    """Take a tag off all cases and throw it away. Raises NotAllowed."""
    if not by.may("use_admin"):
        raise NotAllowed
    CaseTag.objects.filter(tag=tag_id).delete()
    Tag.objects.filter(pk=tag_id).delete()


def _locked(case_id: int, by: Person) -> Case:
    if not by.may("tag_cases"):
        raise NotAllowed
    return lock_case(case_id, by)


def _checked(name: str) -> str:
    wanted = tag_name(name)
    if not any(letter.isalnum() for letter in wanted) or len(wanted) > TAG_LENGTH:
        raise NoSuchTag(field="tag", most=TAG_LENGTH)
    return wanted
