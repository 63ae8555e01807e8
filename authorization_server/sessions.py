"""The authorization server's sessions: Django's own, in the database, except that a cookie which can be no session key is not looked up."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Named by `SESSION_ENGINE`."""

    def _validate_session_key(self, key: str | None) -> bool:
        # PostgreSQL refuses even to compare a text with a NUL, which a quoted cookie ("\\000…") decodes to.
        return key is not None and key.isascii() and key.isalnum() and 8 <= len(key) <= 40
