"""How log records are written: JSON lines with typed fields, or plain lines for a person at a terminal."""

import logging

from pythonjsonlogger.json import JsonFormatter

_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request", "status_code", "server_time"}


class NoTracebackOfRefusals(logging.Filter):
    """Drops the traceback of a request that Django refused (a strange host, a form too large): anybody could fill the log with them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record itself: one line, at the level that Django gave it."""
        if record.name.startswith("django.security"):
            record.exc_info = record.exc_text = None
        return True


class JsonLines(JsonFormatter):
    """One JSON object a line: time, level, logger, service, message and whatever the caller passed as `extra`."""

    def __init__(self, service: str) -> None:
        super().__init__(
            "{asctime}{levelname}{name}{message}",
            style="{",
            datefmt="%Y-%m-%dT%H:%M:%S%z",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            static_fields={"service": service},
            reserved_attrs=sorted(_OF_EVERY_RECORD),
            json_ensure_ascii=True,
        )


class PlainLines(logging.Formatter):
    """`level logger message field=value …` on one line; control characters are escaped, so that no record can forge another."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole record as one line; a traceback behind it is indented, because an error's text may hold line ends of a caller's."""
        fields = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        line = " ".join([f"{record.levelname:<7} {record.name}: {record.getMessage()}", *(f"{k}={v}" for k, v in fields.items())])
        traceback = self.formatException(record.exc_info).splitlines() if record.exc_info else []
        return "\n".join([_printable(line), *(f"        {_printable(line)}" for line in traceback)])


def _printable(line: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)
