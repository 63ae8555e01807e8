"""Why the Management API refuses what its caller has the scope for."""

from access_tokens.problems import Problem

MANAGEMENT_PERMISSION = "Permission for the Management API is given by `create_management_client`, or by a superuser in the dashboard."


def not_through_this_api(why: str) -> Problem:
    """403, whatever the scopes: the way to more power does not lead through here. It has no challenge: no other token would help."""
    return Problem(status=403, code="not_through_this_api", title="This cannot be done through this API", detail=why)


def already_there(why: str) -> Problem:
    """409: a row that is stored is in the way, or a decision that was taken."""
    return Problem(status=409, code="already_there", title="This is there already", detail=why)


def no_secret() -> Problem:
    """409: a public application has none to replace."""
    cure = "A public application has no secret. Give it another token_endpoint_auth_method first."
    return Problem(status=409, code="no_secret", title="There is no secret to replace", detail=cure)


def not_found() -> Problem:
    """404, alike for what never was and what is no more."""
    return Problem(status=404, code="not_found", title="Not Found", detail="There is nothing with this name here.")
