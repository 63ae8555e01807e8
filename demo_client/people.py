"""What Daybook calls the person behind a ticket."""

from dataclasses import dataclass

from django.conf import settings

# DEMO ONLY: four people by their sub; in production the application asks /userinfo (OpenID Connect), or goes on without a name.
_OF_THE_DEMO = {"usr_123": ("Alice", "She"), "usr_456": ("Bob", "He"), "usr_789": ("Dora", "She"), "usr_321": ("Gina", "She")}


@dataclass(frozen=True)
class Person:
    """A name as sentences begin with it, and the pronoun that goes on: `Alice`, `She`."""

    name: str = "The user"
    pronoun: str = "The browser"

    @property
    def owns(self) -> str:
        """Whose something is: `Alice’s`."""
        return f"{self.name}’s"

    @property
    def inside(self) -> str:
        """The name inside a sentence."""
        return self.name if self.is_known else "the user"

    @property
    def is_known(self) -> bool:
        """Whether Daybook has a name for this person at all."""
        return self.name != Person.name


def person(subject: str) -> Person:
    """The person with this `sub`; without a name where Daybook knows none."""
    known = _OF_THE_DEMO.get(subject) if settings.DEMO_IDENTITIES else None
    return Person(*known) if known else Person()
