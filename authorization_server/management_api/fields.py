"""Single values as requests carry them, each read strictly: what has the wrong type is refused, never converted."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.validators import MaxLengthValidator
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from authorization_server.models.apis import SHORTEST_LIFETIME_SECONDS

_EVERYWHERE = {"required": "This is missing.", "null": "This may not be null here."}
LONGEST_LIFETIME_SECONDS = 2_147_483_647  # what every database can hold
MOST_ENTRIES = 200  # of a list in a body


def quoted(text: str) -> str:
    """At most 80 printable ASCII characters of something a caller wrote, safe to repeat in an answer."""
    return "".join(character if " " <= character <= "~" else ascii(character)[1:-1] for character in text[:80])[:80]


def field_error(code: str, says: str) -> list[ErrorDetail]:
    """What is wrong with one field."""
    return [ErrorDetail(says, code=code)]


class StrictSerializer(serializers.Serializer[Any]):
    """An object with these fields and no others, which names everything that is wrong with it at once."""

    default_error_messages = {**_EVERYWHERE, "invalid": "Send a JSON object."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values by name. Raises `ValidationError` with every error found."""
        if not isinstance(data, Mapping):
            raise ValidationError([ErrorDetail(str(self.error_messages["invalid"]), code="invalid_type")])
        values: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        writable = {name: field for name, field in self.fields.items() if not field.read_only}
        for name in (name for name in data if name not in writable):
            if name in self.fields:
                errors[name] = field_error("read_only", "Only the server sets this. Leave it out.")
            else:
                errors[quoted(name)] = field_error(
                    "unknown_field", f"This name is not known here. Known: {', '.join(writable) or 'nothing'}."
                )
        for name, field in writable.items():
            try:
                values[name] = field.run_validation(data.get(name, serializers.empty))
            except serializers.SkipField:
                continue
            except ValidationError as error:
                errors[name] = error.detail
        if errors:
            raise ValidationError(errors)
        return values


class NothingSerializer(StrictSerializer):
    """What takes no fields, or no parameters."""


class TextField(serializers.CharField):
    """One line of text, not empty unless `allow_blank`, of at most `max_length` characters."""

    default_error_messages = {
        **_EVERYWHERE,
        "invalid": "Send text.",
        "empty": "Write at least one character.",
        "max_length": "This is longer than {max_length} characters.",
        "control_character": "This has a control character ({name}), which is not taken here.",
        "lone_surrogate": "This has half of a surrogate pair, which is no character.",
    }

    def __init__(self, *, max_length: int = 200, **options: Any) -> None:
        super().__init__(max_length=max_length, trim_whitespace=False, **options)
        # The checks that come with CharField for NUL and surrogates would be second opinions, in other words.
        self.validators = [check for check in self.validators if isinstance(check, MaxLengthValidator)]

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """As every field does; CharField has words of its own for empty text. Raises `ValidationError`."""
        return serializers.Field.run_validation(self, data)

    def to_internal_value(self, data: Any) -> str:
        """`data` as it is. Raises `ValidationError`."""
        if not isinstance(data, str):
            self.fail("invalid")
        for character in data:
            kind = unicodedata.category(character)
            if kind == "Cs":  # no database and no UTF-8 answer can hold it
                self.fail("lone_surrogate")
            if kind in {"Cc", "Zl", "Zp"}:  # line and paragraph separators break a line just as a line feed does
                self.fail("control_character", name=f"U+{ord(character):04X}")
        if not data.strip() and not self.allow_blank:
            self.fail("empty")
        return data


class ChoiceField(serializers.ChoiceField):
    """One of a few words."""

    default_error_messages = {**_EVERYWHERE, "invalid_choice": "Send one of: {known}."}

    def to_internal_value(self, data: Any) -> str:
        """`data` as it is. Raises `ValidationError`."""
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", known=", ".join(str(one) for one in self.choices))
        return data


@extend_schema_field({"type": "boolean"})
class BooleanField(serializers.Field[bool, Any, bool, Any]):
    """true or false, and nothing that only looks like it."""

    default_error_messages = {**_EVERYWHERE, "invalid": "Send true or false."}

    def to_internal_value(self, data: Any) -> bool:
        """`data` as it is. Raises `ValidationError`."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return data

    def to_representation(self, value: bool) -> bool:
        """As it is."""
        return value


@extend_schema_field({"type": "boolean"})
class FlagField(ChoiceField):
    """The same in an address."""

    default_error_messages = {"invalid_choice": "Write true or false."}

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=["true", "false"], **options)


class WholeNumberField(serializers.IntegerField):
    """A whole number within its bounds: of JSON, or as ASCII digits in an address (`is_written`)."""

    default_error_messages = {**_EVERYWHERE, "invalid": "Send a whole number from {low} to {high}."}

    def __init__(self, *, min_value: int, max_value: int, is_written: bool = False, **options: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **options)
        self.low, self.high, self.is_written = min_value, max_value, is_written

    def to_internal_value(self, data: Any) -> int:
        """The number. Raises `ValidationError`."""
        # int() takes blanks, underscores and Arabic digits; a length first, because it also takes time.
        if self.is_written and isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < 11:
            data = int(data)
        if type(data) is not int or not self.low <= data <= self.high:
            self.fail("invalid", low=self.low, high=self.high)
        return int(data)


class SecondsField(WholeNumberField):
    """A lifetime in seconds, which may be left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=SHORTEST_LIFETIME_SECONDS, max_value=LONGEST_LIFETIME_SECONDS, required=False, **options)


class TimeField(serializers.DateTimeField):
    """A moment as RFC 3339 writes it, with its offset; in answers in UTC."""

    default_error_messages = {**_EVERYWHERE, "invalid_date_time": "Write a date-time with its offset, as in 2026-12-01T10:00:00Z."}

    def to_internal_value(self, data: Any) -> datetime:
        """The moment. Raises `ValidationError`."""
        try:
            moment = parse_datetime(data) if isinstance(data, str) and data.isascii() and len(data) <= 40 else None
            if moment is not None and moment.utcoffset() is not None and 1970 <= moment.year <= 2199:
                return moment
        except ValueError:  # no such day, or an offset of more than a day
            pass
        return self.fail("invalid_date_time")


class ListField(serializers.Field[Any, Any, Any, Any]):
    """A list of values that `child` reads, none of them twice."""

    default_error_messages = {
        **_EVERYWHERE,
        "invalid": "Send a list.",
        "too_many": "Send at most {most} entries.",
        "repeated": "Send each entry once.",
    }

    def __init__(self, child: serializers.Field[Any, Any, Any, Any], **options: Any) -> None:
        super().__init__(**options)
        self.child = child

    def to_internal_value(self, data: Any) -> list[Any]:
        """The values. Raises `ValidationError` with the errors of each entry below its number."""
        if not isinstance(data, list):
            self.fail("invalid")
        if len(data) > MOST_ENTRIES:
            self.fail("too_many", most=MOST_ENTRIES)
        values: list[Any] = []
        errors: dict[Any, Any] = {}
        for number, one in enumerate(data):
            try:
                values.append(self.child.run_validation(one))
            except ValidationError as error:
                errors[number] = error.detail
        if errors:
            raise ValidationError(errors)
        if any(value in values[:number] for number, value in enumerate(values)):
            self.fail("repeated")
        return values

    def to_representation(self, value: Any) -> list[Any]:
        """Each of a row's related rows as `child` writes it."""
        return [self.child.to_representation(row) for row in value.all()]


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class NamesField(ListField):
    """A list of names; of a row's related rows it writes the attribute `named_by`."""

    def __init__(self, *, named_by: str, max_length: int = 200, **options: Any) -> None:
        super().__init__(TextField(max_length=max_length), **options)
        self.named_by = named_by

    def to_representation(self, value: Any) -> list[str]:
        """The names."""
        return [getattr(row, self.named_by) for row in value.all()]
