"""JSON Merge Patch (RFC 7396): what is named changes, null takes away, the rest stays."""

from typing import Any


def merged(target: Any, patch: Any) -> Any:
    """`target` with `patch` applied, RFC 7396 section 2; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
