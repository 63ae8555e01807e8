"""`/learn`: every reason to refuse an access token, a page each, made from the classes that refuse; and the verifier to copy."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

import access_tokens
from access_tokens.rejections import ALL, Rejection
from demo_client.own_pages import own_page, show
from demo_client.rejection_causes import explanation
from demo_client.sessions import DaybookRequest
from forgeries.catalogue import CATALOGUE
from forgeries.check_api import one_file

STEPS = {1: "Well formed", 2: "Signature", 3: "Standard claims", 4: "Permissions"}
AROUND = "Around the four checks"


# What is copied at least, and what each of the three is for.
MINIMUM_COPY = {
    "verify.py": "The four steps, in order. Begin here.",
    "keys.py": "Where trust comes from: the issuer’s published keys, fetched rarely and kept.",
    "rejections.py": "Every reason to refuse, with its status, code and cure.",
}


@dataclass(frozen=True)
class SourceFile:
    """One file of the minimum copy."""

    name: str
    says: str
    text: str

    @property
    def lines(self) -> int:
        """How long it is."""
        return len(self.text.splitlines())


@dataclass(frozen=True)
class Reason:
    """What a page says of a rejection class. (A template would call the class itself.)"""

    code: str
    title: str
    status: int
    step: int | None
    check: str | None
    cure: str
    source: str

    @classmethod
    def of(cls, refusing: type[Rejection]) -> "Reason":
        """Made from the attributes of `refusing`."""
        return cls(refusing.code, refusing.title, refusing.status, refusing.step, refusing.check, refusing.cure, refusing.source)

    @property
    def step_name(self) -> str:
        """The name of the step that refuses, empty for what is refused around the four checks."""
        return STEPS[self.step] if self.step else ""


@require_safe
@own_page
def learn(request: DaybookRequest) -> HttpResponse:
    """`/learn`: the reasons, by the check that gives them."""
    reasons = [Reason.of(refusing) for refusing in ALL.values()]
    headings: list[tuple[int | None, str]] = [*((step, f"{step} {name}") for step, name in STEPS.items()), (None, AROUND)]
    groups = [(heading, [reason for reason in reasons if reason.step == step]) for step, heading in headings]
    return show(request, "learn.html", {"groups": groups, "short_tickets": settings.CALENDAR_SHORT_CLIENT_ID})


@require_safe
@own_page
def rejection(request: DaybookRequest, code: str) -> HttpResponse:
    """`/learn/rejections/<code>`: where a problem's `type` leads."""
    if code not in ALL:
        raise Http404(f"No rejection has the code {code}.")
    reason = Reason.of(ALL[code])
    explained = explanation(code)
    tried = [forgery.name for forgery in CATALOGUE if forgery.code == code]
    rows = [(step, name, _verdict(step, reason.step)) for step, name in STEPS.items()] if reason.step else []
    return show(request, "rejection.html", {"reason": reason, "rows": rows, "around": AROUND, "explained": explained, "tried": tried})


def _verdict(step: int, refusing_step: int) -> str:
    return "passed" if step < refusing_step else "failed" if step == refusing_step else "none"


@require_safe
@own_page
def verifier(request: DaybookRequest) -> HttpResponse:
    """`/learn/verifier`: the three files that are copied at least, to read and to download."""
    files = [SourceFile(name, says, _source(name)) for name, says in MINIMUM_COPY.items()]
    context = {"files": files, "lines": sum(file.lines for file in files), "version": access_tokens.__version__}
    return show(request, "verifier.html", context)


@require_safe
@own_page
def verifier_file(request: DaybookRequest, name: str) -> HttpResponse:
    """`/learn/verifier/<file>`: one of them as it is."""
    if name not in MINIMUM_COPY:
        raise Http404(f"The minimum copy has no file {name}.")
    return HttpResponse(_source(name), content_type="text/plain; charset=utf-8")


@require_safe
@own_page
def check_api_file(request: DaybookRequest) -> HttpResponse:
    """`/learn/check_api.pyz`: the catalogue of wrong tokens as one program, to try on one's own API."""
    headers = {"Content-Disposition": f'attachment; filename="{one_file.NAME}"'}
    return HttpResponse(_check_api(), content_type="application/zip", headers=headers)


@lru_cache(maxsize=1)
def _check_api() -> bytes:
    with TemporaryDirectory() as folder:
        return one_file.write_to(Path(folder) / one_file.NAME).read_bytes()


def _source(name: str) -> str:
    return (Path(access_tokens.__file__).parent / name).read_text(encoding="utf-8")
