"""How templates draw articles."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

from entitlements.models import Product
from knowledge.models import Article
from knowledge.search import suggest_articles
from knowledge.text import render

register = template.Library()


@register.filter
def article_html(text: str) -> SafeString:
    """Draw the text of an article."""
    return render(text)


@register.filter
def language_words(code: str) -> str:
    """Name a language in itself, as "Deutsch"; a code that nobody knows is shown as it is."""
    try:
        return get_language_info(code)["name_local"]
    except KeyError:
        return code


@register.simple_tag(takes_context=True)
def articles_about(context: dict, subject: str, product: Product | None) -> list[Article]:
    """List the articles that may help with a subject, for whoever reads the page."""
    return suggest_articles(context["request"].user, subject, product)
