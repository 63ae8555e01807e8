"""What other parts ask about applications: which of them exist for this process, and which origins are theirs."""

import re

from authorization_server.models.applications import Application, RedirectUri
from authorization_server.remembered import remembered

CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")


def find(client_id: str) -> Application | None:
    """The application with this client id, unless it is a demo's where demo identities are off."""
    if not CLIENT_ID.fullmatch(client_id):
        return None
    application = _with_id(client_id)
    return application if application and application.is_usable else None


def is_registered_origin(origin: str) -> bool:
    """Whether scripts of `origin` (`scheme://host[:port]`) may read `/oauth/token`'s answers: some application lives there."""
    if not origin.startswith(("https://", "http://")) or not origin.isprintable():
        return False
    return RedirectUri.objects.filter(origin=origin, application__in=Application.objects.usable()).exists()


@remembered
def _with_id(client_id: str) -> Application | None:
    return Application.objects.filter(client_id=client_id).first()
