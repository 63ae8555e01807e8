"""The applications that Daybook is: the same pages, registered four times at the authorization server, each in another way."""

from dataclasses import dataclass, field

from django.conf import settings

from demo_client.failures import NoSuchApplication


@dataclass(frozen=True)
class Application:
    """One registration. `answer_at` is the URL name of its redirect URI; `setting` holds its secret, empty for a public one.

    `scope` is what it asks for at a sign-in. With `offline_access` in it, it gets a refresh token too.
    """

    client_id: str
    name: str
    shows: str
    answer_at: str
    client_secret: str = field(default="", repr=False)
    setting: str = ""
    scope: str = "read"

    @property
    def is_public(self) -> bool:
        """It runs in the browser alone, where no secret can be kept."""
        return not self.setting


def all_of_daybook() -> tuple[Application, ...]:
    """The four, the usual one first."""
    return (
        Application(
            settings.CALENDAR_WEB_CLIENT_ID,
            "Daybook",
            "Signs people in with a code, and keeps their tickets on its server.",
            "callback",
            settings.CALENDAR_WEB_CLIENT_SECRET,
            "CALENDAR_WEB_CLIENT_SECRET",
        ),
        Application(
            settings.CALENDAR_SHORT_CLIENT_ID,
            "Daybook, short tickets",
            "The same, with tickets that end after 30 seconds. Wait that long, reload, and look at what just happened.",
            "callback",
            settings.CALENDAR_SHORT_CLIENT_SECRET,
            "CALENDAR_SHORT_CLIENT_SECRET",
            scope="read offline_access",
        ),
        Application(
            settings.COMPANY_CALENDAR_CLIENT_ID,
            "Daybook for Work",
            "An administrator has said yes for all employees: Alice is not asked, Bob is.",
            "company-callback",
            settings.COMPANY_CALENDAR_CLIENT_SECRET,
            "COMPANY_CALENDAR_CLIENT_SECRET",
        ),
        Application(
            settings.CALENDAR_SPA_CLIENT_ID,
            "Daybook in the browser",
            "No server behind it: the ticket stays in this tab, got with a code or straight away (response_type=token).",
            "spa-callback",
        ),
    )


def application(client_id: str) -> Application:
    """The one with this client id. Raises `NoSuchApplication`."""
    for one in all_of_daybook():
        if one.client_id == client_id:
            return one
    raise NoSuchApplication
