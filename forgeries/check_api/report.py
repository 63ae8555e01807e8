"""What was found, for people as a table and for programs as JSON."""

import json
from collections.abc import Iterator, Sequence

from forgeries.check_api.verdicts import KINDS, Finding


def table(findings: Sequence[Finding], *, url: str, sent: int) -> Iterator[str]:
    """Lines: each kind of mistake, each fix once, and below it all that was sent to find it."""
    for kind in KINDS:
        of_this_kind = [finding for finding in findings if finding.kind == kind]
        if not of_this_kind:
            continue
        yield f"{kind.upper()} ({len(of_this_kind)})"
        for fix in dict.fromkeys(finding.fix for finding in of_this_kind):
            yield f"  Fix: {fix}"
            for finding in of_this_kind:
                if finding.fix == fix:
                    yield f"    {finding.trial.id:<38} {finding.trial.name}"
                    yield f"    {'':<38} answered {finding.answered}, wanted {finding.wanted} ({finding.trial.source})"
        yield ""
    if findings:
        yield f"{url}: {sent} requests, {len(findings)} answered wrongly."
    else:
        yield f"{url}: {sent} requests, all answered rightly."


def as_json(findings: Sequence[Finding], *, url: str, method: str, sent: int, key_set_fetches: int) -> str:
    """One JSON object: `url`, `method`, `requests`, `key_set_fetches`, `findings`, each with kind, id, name, changed, source, fix."""
    rows = [
        {
            "kind": finding.kind,
            "id": finding.trial.id,
            "name": finding.trial.name,
            "changed": finding.trial.changed,
            "source": finding.trial.source,
            "answered": finding.answered,
            "wanted": finding.wanted,
            "fix": finding.fix,
        }
        for finding in findings
    ]
    return json.dumps({"url": url, "method": method, "requests": sent, "key_set_fetches": key_set_fetches, "findings": rows}, indent=2)
