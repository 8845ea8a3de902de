from django import template

from sla import kept_words

register = template.Library()
register.filter("told_by", kept_words.told)
