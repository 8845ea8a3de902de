"""Words of a policy that are kept beside a case: stored as its document has them, told as read."""

from django.conf import settings
from django.utils.translation import get_language

from sla.engine.policy import Policy
from sla.engine.texts import words_in


def told(text: str, policy: Policy) -> str:
    """Say a kept text in the language spoken now; as it is where `policy` has no words for it."""
    return words_in(policy, _language()).get(text, text)


def kept(said: str, policy: Policy) -> str:
    """Give the text of the document that somebody chose in the language spoken now."""
    words = words_in(policy, _language())
    return next((text for text, word in words.items() if word == said), said)


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
