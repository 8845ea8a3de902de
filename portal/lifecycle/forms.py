"""What a customer wants to hear of: one tick for each topic, or for each product of it."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _

from accounts.models import Person
from entitlements.holdings import Holding
from entitlements.models import Product
from entitlements.topics import Choices, choices_of, is_open_to, wants
from sla.engine.offer import Topic

ALL = "all"


@dataclass(frozen=True, slots=True)
class Offered:
    """A topic with the names of its ticks; none where the company may not have it."""

    topic: Topic
    names: tuple[str, ...]
    comes_with: tuple[str, ...]


class TopicsForm(forms.Form):
    """All topics of the policy; those that the company may not have say what they come with."""

    def __init__(
        self, data: object, *, person: Person, holding: Holding, products: list[Product]
    ) -> None:
        super().__init__(data)
        self.holding, self.keys = holding, {}
        choices = choices_of(person)
        topics = holding.policy.topics if holding.policy else ()
        self.offered = [self._offer(topic, products, choices) for topic in topics]

    def wishes(self) -> Choices:
        """Read what was ticked and what was not, of all that was shown."""
        return {key: self.cleaned_data[name] for name, key in self.keys.items()}

    def groups(self) -> list[tuple[Offered, list[forms.BoundField]]]:
        """List the topics with their ticks, for the template."""
        return [(one, [self[name] for name in one.names]) for one in self.offered]

    def _offer(self, topic: Topic, products: list[Product], choices: Choices) -> Offered:
        names = tuple(
            self._tick(topic, product, choices)
            for product in (products if topic.by_product else [None])
            if is_open_to(topic, self.holding, product)
        )
        return Offered(topic, names, () if names else self._comes_with(topic))

    def _tick(self, topic: Topic, product: Product | None, choices: Choices) -> str:
        product_id = product.pk if product else None
        name = f"{topic.code}-{product_id or ALL}"
        self.keys[name] = (topic.code, product_id)
        self.fields[name] = forms.BooleanField(
            required=False,
            label=product.name if product else _("Send it to me"),
            initial=wants(topic, choices, product_id),
        )
        return name

    def _comes_with(self, topic: Topic) -> tuple[str, ...]:
        policy = self.holding.policy
        parts = [policy.plan(code) for code in topic.plans or ()]
        parts += [policy.subscription(code) for code in topic.subscriptions or ()]
        return tuple(part.name for part in parts if part is not None)
