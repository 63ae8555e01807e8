"""Which API a request means: by `audience`, as the document has it, or by `resource` (RFC 8707)."""

from authorization_server.errors import InvalidRequest, InvalidTarget
from authorization_server.models import Api
from authorization_server.parameters import Parameters
from authorization_server.remembered import remembered


def requested_api(parameters: Parameters) -> Api:
    """The one API that `audience`, `resource` or both name.

    Raises `InvalidRequest` when neither is there, `InvalidTarget` when it is unknown, several, or the two contradict each other.
    """
    audience, resource = parameters.get("audience"), parameters.get("resource")
    if not audience and not resource:
        raise InvalidRequest("No API is named. Add audience=, the audience of the API that the token is for.", reason="audience_missing")
    if "resource" in parameters.repeated:
        raise InvalidTarget("A token is for one API: send one resource.", reason="several_resources")
    named = [_called(audience, "audience")] if audience else []
    named += [_called(resource, "resource_url")] if resource else []
    if len(set(named)) > 1:
        raise InvalidTarget("audience and resource name different APIs. Send one of them.", reason="contradicting_targets")
    return named[0]


def check_unchanged(parameters: Parameters, api: Api) -> None:
    """Raise `InvalidTarget` when a redemption names another API than the code is for; naming none is fine."""
    if (parameters.get("audience") or parameters.get("resource")) and requested_api(parameters) != api:
        raise InvalidTarget(f"This code is for {api.audience}. Another API needs another authorization request.", reason="target_changed")


def _called(name: str, column: str) -> Api:
    api = _first(name, column)
    if api is None:
        raise InvalidTarget(f"No API here is called '{name}'. It is compared letter by letter.", reason="unknown_target")
    return api


@remembered
def _first(name: str, column: str) -> Api | None:
    return Api.objects.filter(**{column: name}).first()
