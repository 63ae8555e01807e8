"""Single values as requests carry them, each read strictly: what has the wrong type is refused, never converted."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from django.core.validators import MaxLengthValidator, RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from calendar_api.models import EVENT_ID, Event
from calendar_api.recurrence import LONGEST_EXDATE, MOST_EXDATES
from calendar_api.times import BadTime, read_bound, read_date, read_date_time, zone_named

_EVERYWHERE = {"required": "This is missing.", "null": "This may not be null here."}
# What the fields below check, as far as a pattern (ECMA-262) in the OpenAPI document can say it.
_ONE_LINE = r"^[^\u0000-\u001F\u007F-\u009F\u2028\u2029]*$"
_LINES = r"^[^\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029]*$"
_DATE_TIME = (
    r"^(19[7-9][0-9]|2[01][0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?$"
)


def quoted(text: str) -> str:
    """At most 80 printable ASCII characters of something a caller wrote, safe to repeat in an answer."""
    return "".join(character if " " <= character <= "~" else ascii(character)[1:-1] for character in text[:80])[:80]


def _is_shown_as(field: Any, **schema: str) -> None:
    """What the OpenAPI document says of this one field: text, with these further words."""
    extend_schema_field({"type": "string", **schema})(field)


class StrictSerializer(serializers.Serializer[Any]):
    """An object with these fields and no others, which names everything that is wrong with it at once."""

    default_error_messages = {**_EVERYWHERE, "invalid": "Send a JSON object."}

    def names_refused(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """An error for each name in `sent` that may not be sent, those of nested objects below the name of the object."""
        errors: dict[str, Any] = {}
        for name, value in sent.items():
            field = self.fields.get(name)
            if field is None:
                known = ", ".join(name for name, one in self.fields.items() if not one.read_only) or "nothing"
                errors[quoted(name)] = [serializers.ErrorDetail(f"This name is not known here. Known: {known}.", code="unknown_field")]
            elif field.read_only:
                errors[name] = [serializers.ErrorDetail("Only the server sets this. Leave it out.", code="read_only")]
            elif isinstance(field, StrictSerializer) and isinstance(value, Mapping) and (nested := field.names_refused(value)):
                errors[name] = nested
        return errors

    def contradictions(self, sent: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Errors between fields. `values` has only those of the fields `sent` that are right by themselves."""
        return {}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values by name. Raises `ValidationError` with every error found."""
        if not isinstance(data, Mapping):
            raise ValidationError([serializers.ErrorDetail(str(self.error_messages["invalid"]), code="invalid_type")])
        errors, values = self.names_refused(data), {}
        for name, field in self.fields.items():
            if field.read_only:
                continue
            try:
                values[name] = field.run_validation(data.get(name, serializers.empty))
            except serializers.SkipField:
                continue
            except ValidationError as error:
                errors[name] = error.detail
        errors = {**self.contradictions(data, values), **errors}
        if errors:
            raise ValidationError(errors)
        return values


class TextField(serializers.CharField):
    """Text of at most `max_length` characters: one line, or several (`is_multiline`), in which a tab may stand too."""

    default_error_messages = {
        **_EVERYWHERE,
        "invalid": "Send text.",
        "max_length": "This is longer than {max_length} characters.",
        "control_character": "This has a control character ({name}), which is not taken here.",
        "lone_surrogate": "This has half of a surrogate pair, which is no character.",
    }

    def __init__(self, *, is_multiline: bool = False, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)
        _is_shown_as(self, pattern=_LINES if is_multiline else _ONE_LINE)
        # The checks that come with CharField for NUL and surrogates would be second opinions, in other words.
        self.validators = [check for check in self.validators if isinstance(check, MaxLengthValidator)]
        self.allowed_controls = "\t\n" if is_multiline else ""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """As every field does; CharField would take empty text without a look. Raises `ValidationError`."""
        return serializers.Field.run_validation(self, data)

    def to_internal_value(self, data: Any) -> str:
        """`data` as it is. Raises `ValidationError`."""
        if not isinstance(data, str):
            self.fail("invalid")
        for character in data:
            kind = unicodedata.category(character)
            if kind == "Cs":  # no database and no UTF-8 answer can hold it
                self.fail("lone_surrogate")
            # Line and paragraph separators (Zl, Zp) break a line just as a line feed does.
            if kind in {"Cc", "Zl", "Zp"} and character not in self.allowed_controls:
                self.fail("control_character", name=f"U+{ord(character):04X}")
        return data


class StatusField(serializers.ChoiceField):
    """`confirmed` or `tentative`; `cancelled` is in answers only."""

    default_error_messages = {**_EVERYWHERE, "invalid_choice": "Send confirmed or tentative."}

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=Event.Status.choices, **options)

    def to_internal_value(self, data: Any) -> str:
        """`data` as it is. Raises `ValidationError`."""
        if data == Event.Status.CANCELLED:
            raise ValidationError("Only the server sets cancelled. DELETE the event instead.", code="read_only")
        if data not in (Event.Status.CONFIRMED, Event.Status.TENTATIVE):
            self.fail("invalid_choice")
        return str(data)


class EventIdField(TextField):
    """An event's id in the form that clients may choose, and that the server's own ids have too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        says = "Send 5 to 64 of the characters a-v and 0-9."
        self.validators = [RegexValidator(rf"^{EVENT_ID.pattern}\Z", says, code="invalid")]
        _is_shown_as(self, pattern=f"^{EVENT_ID.pattern}$")


class NumberField(serializers.FloatField):
    """A JSON number within `min_value` and `max_value`; text and true are no numbers."""

    default_error_messages = {**_EVERYWHERE, "invalid": "Send a number from {low} to {high}."}

    def to_internal_value(self, data: Any) -> float:
        """`data` as a float. Raises `ValidationError`."""
        # Compared before it is converted: a whole number of 4,000 digits has no float. Not-a-number fails the comparison.
        if type(data) not in (int, float) or not self.min_value <= data <= self.max_value:
            self.fail("invalid", low=f"{self.min_value:g}", high=f"{self.max_value:g}")
        return float(data)


class _TimeField(serializers.Field[Any, Any, Any, Any]):
    default_error_messages = {**_EVERYWHERE}
    read: Callable[[Any], Any]

    def to_internal_value(self, data: Any) -> Any:
        """What `read` makes of it. Raises `ValidationError`."""
        try:
            return self.read(data)
        except BadTime as error:
            raise ValidationError(str(error), code=error.code) from error


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "string", "pattern": "^(RRULE:|EXDATE[;:])[ -~]*$", "maxLength": LONGEST_EXDATE},
        "maxItems": 1 + MOST_EXDATES,
        "example": ["RRULE:FREQ=WEEKLY;COUNT=10"],
    }
)
class RecurrenceField(serializers.Field[Any, Any, Any, Any]):
    """Lines of RFC 5545 section 3.8.5, or None. What they say is read beside the start: `EventSerializer`."""

    default_error_messages = {**_EVERYWHERE, "invalid_type": 'Send a list of lines, as in ["RRULE:FREQ=WEEKLY;COUNT=10"].'}

    def to_internal_value(self, data: Any) -> list[Any] | None:
        """The list as it is, None for an empty one. Raises `ValidationError`."""
        if not isinstance(data, list):
            self.fail("invalid_type")
        return data or None

    def to_representation(self, value: list[str]) -> list[str]:
        """The lines."""
        return value


class BoundField(_TimeField):
    """A window's edge as an aware datetime; `example` is one for the OpenAPI document."""

    read = staticmethod(read_bound)

    def __init__(self, *, example: str, **options: Any) -> None:
        super().__init__(**options)
        _is_shown_as(self, format="date-time", example=example)


# No format in the schema: `date-time` would promise the offset, which may be left out beside a timeZone.
@extend_schema_field({"type": "string", "pattern": _DATE_TIME, "example": "2026-12-01T10:00:00+01:00"})
class DateTimeField(_TimeField):
    """A date-time, naive when it was written without an offset."""

    read = staticmethod(read_date_time)


@extend_schema_field({"type": "string", "format": "date"})
class DayField(_TimeField):
    """A date."""

    read = staticmethod(read_date)


@extend_schema_field({"type": "string", "example": "Europe/Berlin"})
class ZoneField(_TimeField):
    """An IANA zone by its name."""

    read = staticmethod(zone_named)


@extend_schema_field({"type": "boolean"})
class BooleanField(serializers.Field[Any, Any, Any, Any]):
    """`true` or `false` in an address, nothing else."""

    default_error_messages = {**_EVERYWHERE, "invalid": "Write true or false."}

    def to_internal_value(self, data: Any) -> bool:
        """Which of the two. Raises `ValidationError`."""
        if data not in ("true", "false"):
            self.fail("invalid")
        return bool(data == "true")


class WholeNumberField(serializers.IntegerField):
    """A whole number in an address: ASCII digits, nothing else."""

    default_error_messages = {**_EVERYWHERE, "invalid": "Write a whole number from {low} to {high}."}

    def __init__(self, *, min_value: int, max_value: int, **options: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **options)
        self.low, self.high = min_value, max_value

    def to_internal_value(self, data: Any) -> int:
        """The number. Raises `ValidationError`."""
        # int() takes blanks, underscores and Arabic digits; a length first, because it also takes time.
        is_number = isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < 10
        if not is_number or not self.low <= int(data) <= self.high:
            self.fail("invalid", low=self.low, high=self.high)
        return int(data)
