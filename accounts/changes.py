"""The history of rows that people change by forms: kept when they press, told in sentences.

What was before and after is kept as values, so that it is told in the reader's language; the name
of another row is kept as it was called then.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model, QuerySet
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet, InlineForeignKeyField
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.change_models import Change
from accounts.models import Person
from accounts.tenancy import current_tenant_id

LONGEST_VALUE = 1_000
MOST_LISTED = 200

Act = Change.Act
# What people call a field where its model has no name for it, or it is one of another row.
NAMED = {
    ("accounts.brand", "name"): gettext_lazy("Name of the vendor"),
    ("accounts.brand", "time_zone"): gettext_lazy("Time zone of the vendor"),
    ("accounts.brand", "asks_rating"): gettext_lazy(
        "Ask customers how it was when a case is solved"
    ),
    ("accounts.brand", "logo"): gettext_lazy("Logo"),
    ("accounts.brand", "flow_chart"): gettext_lazy("Flow chart of support"),
}
# {"field", "before", "after"}, or of a row below: {"model", "named", "act", "fields": [...]}.
Line = dict[str, Any]


@dataclass(frozen=True)
class Text:
    """A text of several lines, which no sentence can hold: its name, before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """One change in words: who did it, `named_title` to what, and what was before and after."""

    change: Change
    title: str
    named_title: str
    sentences: tuple[str, ...]
    texts: tuple[Text, ...] = ()


def keep_change(
    *,
    act: str,
    model: str,
    row: object,
    named: str,
    by: Person,
    at: datetime,
    lines: Sequence[Line] = (),
    words: str = "",
    why: str = "",
) -> Change:
    """Write down what somebody did to a row, in the transaction in which it is done.

    `model` is a label such as "accounts.person". Texts are cut to what their columns hold.
    """
    return Change.objects.create(
        tenant_id=current_tenant_id(),
        act=act,
        model=model,
        row=str(row)[:120],
        named=named[:300],
        by=by,
        at=at,
        lines=list(lines)[:MOST_LISTED],
        words=words[:1000],
        why=why.strip()[:500],
    )


def keep_person_change(
    person: Person, before: Mapping[str, object], *, by: Person, at: datetime, why: str = ""
) -> Change:
    """Write down what was changed of a person, saved or about to be; `before` maps fields to it."""
    lines = [
        {"field": name, "before": kept_value(was), "after": kept_value(getattr(person, name))}
        for name, was in before.items()
    ]
    return keep_change(
        act=Act.CHANGED,
        model=Person._meta.label_lower,
        row=person.pk,
        named=person.name,
        by=by,
        at=at,
        lines=lines,
        why=why,
    )


def kept_value(value: object) -> str | bool:
    """Write a value of a field so that it can be kept: a row by its name, nothing as ""."""
    if value is None:
        return ""
    return value if isinstance(value, bool) else str(value)[:LONGEST_VALUE]


def changes_of(model: str, row: object) -> QuerySet[Change]:
    """List what was done to one row, the newest first."""
    found = Change.objects.filter(model=model, row=str(row))
    return found.select_related("by").order_by("-pk")


def newest_changes(most: int) -> list[Change]:
    """List the latest changes of the entered vendor."""
    return list(Change.objects.select_related("by").order_by("-pk")[:most])


def lines_of(form: forms.ModelForm, formsets: Iterable[BaseInlineFormSet]) -> list[Line]:
    """Read from forms that were saved what they changed, with what was there before."""
    lines = _fields_of(form)
    for formset in formsets:
        acts = {id(row): Act.ADDED for row in formset.new_objects}
        acts |= {id(row): Act.CHANGED for row, _fields in formset.changed_objects}
        acts |= {id(row): Act.REMOVED for row in formset.deleted_objects}
        found = ((one, acts.get(id(one.instance))) for one in formset.forms)
        lines += [_row(one, act) for one, act in found if act is not None]
    return lines


def told(change: Change) -> Told:
    """Put a change into words, in the reader's language."""
    model, lines = change.model, change.lines
    sentences = [said for line in lines if not _is_text(line) for said in _sentences(model, line)]
    if change.words:
        sentences.insert(0, change.words)
    return Told(
        change=change,
        title=_title(change),
        named_title=_named_title(change),
        sentences=tuple(sentences),
        texts=tuple(
            Text(_label(model, line["field"]), line["before"], line["after"])
            for line in lines
            if _is_text(line)
        ),
    )


def _row(form: forms.ModelForm, act: str) -> Line:
    """Tell of a row below another by what is on its line of the form."""
    values = form.cleaned_data if act == Act.ADDED else form.initial
    said = (
        str(_value(_kept(values[name], form, name), _field_of(form._meta.model, name)))
        for name, field in form.fields.items()
        if name in values
        and name != DELETION_FIELD_NAME
        and not isinstance(field, InlineForeignKeyField)
        and not isinstance(field.widget, forms.HiddenInput)
    )
    return {
        "model": form._meta.model._meta.label_lower,
        "named": ", ".join(value for value in said if value)[:LONGEST_VALUE],
        "act": act,
        "fields": _fields_of(form) if act == Act.CHANGED else [],
    }


def _fields_of(form: forms.ModelForm) -> list[Line]:
    found = []
    for name in form.changed_data:
        if name not in form.cleaned_data or name == DELETION_FIELD_NAME:
            continue
        before, after = (
            _kept(value, form, name) for value in (form.initial.get(name), form.cleaned_data[name])
        )
        if before != after:
            found.append({"field": name, "before": before, "after": after})
    return found


def _kept(value: Any, form: forms.ModelForm, name: str) -> str | bool:
    """Write a value so that it can be kept: rows by their names, a model's choices by codes."""
    field = form.fields[name]
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(str(row) for row in value)[:LONGEST_VALUE]
    if isinstance(field, forms.ModelChoiceField):
        return _row_named(field, value)
    if isinstance(value, date):  # a moment too
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    known = _field_of(form._meta.model, name)
    if isinstance(field, forms.ChoiceField) and not (known and known.choices):
        value = dict(_flat(field.choices)).get(str(value), value)
    return str(value)[:LONGEST_VALUE]


def _row_named(field: forms.ModelChoiceField, value: Any) -> str:
    rows = field.queryset
    if not isinstance(value, Model) and rows is not None:
        value = rows.filter(pk=value).first()
    return str(value or "")[:LONGEST_VALUE]


def _flat(choices: Any) -> Iterator[tuple[str, str]]:
    for code, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(code), str(label)


def _title(change: Change) -> str:
    who = {"who": change.by.name}
    if change.act == Act.ADDED:
        return _("%(who)s added it") % who
    if change.act == Act.REMOVED:
        return _("%(who)s removed it") % who
    return _("%(who)s changed it") % who


def _named_title(change: Change) -> str:
    named = {"who": change.by.name, "kind": _kind(change.model), "name": change.named}
    if change.act == Act.ADDED:
        return _("%(who)s added %(kind)s “%(name)s”") % named
    if change.act == Act.REMOVED:
        return _("%(who)s removed %(kind)s “%(name)s”") % named
    return _("%(who)s changed %(kind)s “%(name)s”") % named


def _sentences(model: str, line: Line) -> Iterator[str]:
    if "field" in line:
        yield _sentence(model, line)
        return
    kind = _kind(line["model"])
    named = {"kind": capfirst(kind), "name": line["named"]}
    if line["act"] == Act.REMOVED:
        yield _("%(kind)s was removed: %(name)s") % named
    elif line["act"] == Act.ADDED:
        yield _("%(kind)s was added: %(name)s") % named
    else:
        said = ", ".join(_sentence(line["model"], field) for field in line["fields"])
        yield _("%(kind)s “%(name)s” was changed: %(fields)s") % (named | {"fields": said})


def _is_text(line: Mapping[str, Any]) -> bool:
    sides = (line.get("before"), line.get("after"))
    return any(isinstance(side, str) and "\n" in side for side in sides)


def _label(model: str, name: str) -> str:
    if (model, name) in NAMED:
        return str(NAMED[model, name])
    field = _field_of(_model(model), name)
    return str(capfirst(field.verbose_name)) if field else name.replace("_", " ")


def _sentence(model: str, line: Mapping[str, Any]) -> str:
    field = _field_of(_model(model), line["field"])
    before, after = (_value(line[side], field) for side in ("before", "after"))
    words = {"field": _label(model, line["field"]), "before": before, "after": after}
    if not before:
        return _("%(field)s: %(after)s") % words
    if not after:
        return _("%(field)s: was %(before)s, is empty now") % words
    return _("%(field)s: %(before)s → %(after)s") % words


def _value(value: Any, field: Field | None) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field is None or not value:
        return str(value)
    if field.choices:
        return str(dict(_flat(field.flatchoices)).get(str(value), value))
    if field.get_internal_type() == "DateField":
        return date_format(date.fromisoformat(value), "j M Y")
    return str(value)


def _kind(model: str) -> str:
    found = _model(model)
    return str(found._meta.verbose_name) if found else model


def _model(label: str) -> type[Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):  # a model that a later release does without
        return None


def _field_of(model: type[Model] | None, name: str) -> Field | None:
    try:
        found = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, Field) else None
