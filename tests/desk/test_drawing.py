"""What is drawn without a template looks as the template would have drawn it, and escapes."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import engines
from django.urls import reverse
from django.utils.safestring import mark_safe

from desk.addresses import case_address, why_address
from supportdesk.drawn_widgets import DrawnWidgets
from tickets.markup import filled, joined
from tickets.templatetags.desk_look import boxes, icon

SHARP = '<b title="x">&\'</b>'


@pytest.mark.parametrize(
    ("widget", "value", "attrs"),
    [
        (forms.TextInput, SHARP, {"id": "a", "maxlength": 1000, "required": True}),
        (forms.TextInput, None, {"id": "a", "autofocus": False}),
        (forms.HiddenInput, 7, {}),
        (forms.NumberInput, 1234567, {"min": 0}),
        (forms.CheckboxInput, True, {"id": "a", "class": SHARP}),
        (forms.PasswordInput, "secret", {"id": "a"}),
        (forms.Textarea, SHARP, {"rows": 5, "aria-invalid": "true"}),
        (forms.Textarea, None, {"disabled": True}),
    ],
)
def test_widget_is_drawn_as_by_its_template(widget, value, attrs):
    drawn = widget().render("name", value, attrs, renderer=DrawnWidgets())

    assert (
        drawn.strip() == widget().render("name", value, attrs, renderer=DjangoTemplates()).strip()
    )


def test_boxes_are_those_of_the_widget_and_ticked_alike():
    class Told(forms.Form):
        who = forms.MultipleChoiceField(
            choices=[(1, "Ann"), (2, SHARP)], widget=forms.CheckboxSelectMultiple
        )

    drawn = boxes(Told({"who": ["2"]})["who"])

    assert drawn.count("<label") == 2
    assert '<input type="checkbox" name="who" value="1" id="id_who_0"> <span>Ann</span>' in drawn
    assert 'value="2" id="id_who_1" checked> <span>&lt;b title=' in drawn


def test_parts_are_escaped_unless_they_are_safe():
    assert filled("<p>{}{}</p>", SHARP, 3) == (
        "<p>&lt;b title=&quot;x&quot;&gt;&amp;&#x27;&lt;/b&gt;3</p>"
    )
    assert joined("<i>{}</i>", [(mark_safe("<br>"),), ("<",)]) == "<i><br></i><i>&lt;</i>"


def test_symbol_is_the_same_whether_its_name_is_written_or_told():
    template = engines["django"].from_string(
        '{% load desk_look %}{% icon "lock" %}|{% icon name %}|{% icon name|lower %}'
    )

    assert template.render({"name": "lock"}).split("|") == [str(icon("lock"))] * 3


def test_addresses_of_a_case_are_those_of_the_routes():
    assert case_address("reply", 12) == reverse("desk:reply", args=[12])
    assert case_address("reply", 7) == reverse("desk:reply", args=[7])
    assert why_address(12, "resolution-3") == reverse("desk:why", args=[12, "resolution-3"])
