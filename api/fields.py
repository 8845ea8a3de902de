"""What is taken and given, in parts: fields with bounds, and what reads a request."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

LARGEST_KEY = 2**63 - 1
LARGEST_NUMBER = 2**31 - 1
# As in a form of the portal.
LONGEST_BODY = 20_000
# Zones and calendars of the core reach some years to each side of these.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class BoundedJson(JSONParser):
    """Read JSON; what is nested too deeply cannot be read, as what is broken."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise ParseError(_("The body is nested too deeply.")) from error


class Said(serializers.Serializer):
    """What a request says: each of its fields is declared, and there are no others."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [str(name)[:60] for name in data if name not in self.fields]
            if unknown:
                told = serializers.ErrorDetail(str(_("There is no such field.")), "unknown_field")
                raise serializers.ValidationError({name: [told] for name in unknown})
        return super().to_internal_value(data)


class Told(serializers.Serializer):
    """What an answer tells: each field is named, so that no column is told by being added."""


class KeyField(serializers.IntegerField):
    """The key of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_KEY, **options)


class MomentField(serializers.DateTimeField):
    """A moment that is said, with its offset from UTC, in this century."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            moment = super().to_internal_value(value)
            is_near = EARLIEST <= moment.astimezone(UTC) < LATEST
        except OverflowError:
            is_near = False
        if not is_near:
            raise serializers.ValidationError(_("This is not a moment of this century."), "too_far")
        return moment.replace(microsecond=0)


class WordsField(serializers.CharField):
    """What somebody has written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_BODY, **options)


class NamedOut(Told):
    """A row that is named beside another."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class ProblemFaultOut(Told):
    field = serializers.CharField(help_text="The path of the field at fault, or an empty text.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemOut(Told):
    """Why something was not done."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Never changes: write your program by it.")
    detail = serializers.CharField(help_text="For people, in the language of the request.")
    errors = ProblemFaultOut(many=True)


def said(kind: type[Said], request: Request) -> dict[str, Any]:
    """Read a request. Raises ValidationError with every fault of it."""
    heard = kind(data=request.data, context={"request": request})
    heard.is_valid(raise_exception=True)
    return dict(heard.validated_data)
