"""Who hears of what: the topics of the policy, what people chose, and who may have them.

SC-01, SP-04, DD-31. A topic has a default of its own; a person's choice goes before it, that for a
product before that for all products.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.places import site_url
from accounts.queries import whereabouts
from accounts.roles import CUSTOMERS
from accounts.tenancy import current_tenant_id
from entitlements.holdings import Holding, holding_of, holdings_at, policy_at
from entitlements.models import Product, TopicChoice
from sla.engine.offer import Topic
from sla.engine.policy import Policy

# What a person said of a topic: (its code, a product's id or None for all) -> wants it.
Choices = Mapping[tuple[str, int | None], bool]
SALT = "entitlements.topics.stop"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is to hear of something, by which topic."""

    person_id: int
    topic: str


def find_topic(policy: Policy | None, code: str) -> Topic | None:
    """Find a topic of a policy by its code."""
    return next((one for one in (policy.topics if policy else ()) if one.code == code), None)


def topics_about(policy: Policy | None, about: str) -> list[Topic]:
    """List the topics that one kind of event sets off."""
    return [topic for topic in (policy.topics if policy else ()) if topic.about == about]


def is_open_to(topic: Topic, holding: Holding, product: Product | None = None) -> bool:
    """Tell whether a company may have a topic: by its plan or a subscription, either will do.

    With a product, the company must use it, and have the plan or the subscription for it.
    """
    if product is not None and not holding.uses(product):
        return False
    if topic.plans is None and topic.subscriptions is None:
        return True
    by_plan = not holding.plans_for(product).isdisjoint(topic.plans or ())
    return by_plan or holding.has_subscription(topic.subscriptions or (), product)


def wants(topic: Topic, choices: Choices, product_id: int | None = None) -> bool:
    """Tell whether a person wants a topic: what was said of the product, of all, else its default.

    Without a product: whether a topic that tells of no certain product is wanted.
    """
    for key in ((topic.code, product_id), (topic.code, None)):
        if key in choices:
            return choices[key]
    return topic.opt_out


def choices_of(person: Person) -> dict[tuple[str, int | None], bool]:
    """Read what a person chose."""
    rows = TopicChoice.objects.filter(person=person)
    return {(row.topic, row.product_id): row.wants for row in rows}


@transaction.atomic
def choose_topics(*, person: Person, by: Person, wishes: Choices) -> None:
    """Keep what a person wants to hear of; people choose for themselves (DD-31).

    Raises NotAllowed.
    """
    if by.pk != person.pk or not by.is_active:
        raise NotAllowed
    products = Product.objects.in_bulk([key for _topic, key in wishes if key is not None])
    for (topic, product_id), is_wanted in wishes.items():
        TopicChoice.objects.update_or_create(
            tenant_id=current_tenant_id(),
            person=person,
            topic=topic,
            product=None if product_id is None else products[product_id],
            defaults={"wants": is_wanted},
        )


@transaction.atomic
def stop_topic(*, person: Person, topic: str) -> None:
    """Send a person nothing of a topic any more, of no product. Harmless to repeat."""
    TopicChoice.objects.filter(person=person, topic=topic, product__isnull=False).delete()
    TopicChoice.objects.update_or_create(
        tenant_id=current_tenant_id(),
        person=person,
        topic=topic,
        product=None,
        defaults={"wants": False},
    )


def recipients_of(
    topics: Iterable[Topic],
    product: Product | None,
    at: datetime,
    companies: Iterable[int] | None = None,
) -> list[Recipient]:
    """List whom something goes to, each person once, by the first topic that brings it to them.

    Contacts who can be written to, of companies that may have the topic, who want it. `companies`
    None = all of them. A few statements, however many people there are.
    """
    holdings = holdings_at(at, companies)
    found: dict[int, Recipient] = {}
    for topic in topics:
        concerned = product if topic.by_product else None
        open_to = {pk for pk, one in holdings.items() if is_open_to(topic, one, product)}
        choices = _choices_about(topic)
        for pk in _people_of(open_to):
            said = {(topic.code, key): value for key, value in choices.get(pk, {}).items()}
            if pk not in found and wants(topic, said, concerned.pk if concerned else None):
                found[pk] = Recipient(pk, topic.code)
    return [found[pk] for pk in sorted(found)]


def may_have(person: Person, code: str, product: Product | None, at: datetime) -> bool | str:
    """Tell whether a person may be sent something of a topic now; else why not, in words.

    Asked again when the mail leaves: people change their minds, and contracts end.
    """
    policy = policy_at(at)
    topic = find_topic(policy, code)
    if topic is None:
        return _("The policy has no such topic any more.")
    if not person.is_customer or person.company is None:
        return False
    day = whereabouts(company=person.company, person=person).date_at(at)
    if not is_open_to(topic, holding_of(person.company, policy, day), product):
        return _("The company may not have this topic any more.")
    concerned = product.pk if product and topic.by_product else None
    if not wants(topic, choices_of(person), concerned):
        return _("The recipient does not want to hear of this topic.")
    return True


def stop_url(person: Person, topic: str) -> str:
    """Write the address that stops a topic for a person, whoever is signed in or nobody."""
    return site_url(person.tenant, reverse("portal:stop", args=[stop_token(person, topic)]))


def stop_token(person: Person, topic: str) -> str:
    """Sign who stops what, at which vendor; it never expires, for mails are kept."""
    return Signer(salt=SALT).sign_object([current_tenant_id(), person.pk, topic])


def read_stop(token: str) -> tuple[Person, str]:
    """Read whom and which topic an address stops. Raises NotFound for one that we did not write."""
    try:
        tenant_id, person_id, topic = Signer(salt=SALT).unsign_object(token)
    except (BadSignature, ValueError) as error:
        raise NotFound from error
    person = Person.objects.select_related("tenant").filter(pk=person_id).first()
    if tenant_id != current_tenant_id() or person is None:
        raise NotFound
    return person, topic


def _people_of(company_ids: Iterable[int]) -> list[int]:
    people = Person.objects.filter(company__in=company_ids, role__in=CUSTOMERS, is_active=True)
    return list(people.exclude(email="").order_by("pk").values_list("pk", flat=True))


def _choices_about(topic: Topic) -> dict[int, dict[int | None, bool]]:
    rows = TopicChoice.objects.filter(topic=topic.code)
    found: dict[int, dict[int | None, bool]] = {}
    for person_id, product_id, is_wanted in rows.values_list("person", "product", "wants"):
        found.setdefault(person_id, {})[product_id] = is_wanted
    return found
