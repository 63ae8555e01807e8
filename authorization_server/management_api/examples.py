"""What callers send and get, by the name of the operation, for the OpenAPI document; a test sends each and compares the answers."""

from typing import Any

_ROW = {"id": 1}
_MADE_AT = "2026-11-25T18:12:35.123456Z"
_CLIENT: dict[str, Any] = {
    "client_id": "app_5c6f0c1e9a7b4d32",
    "name": "Meeting rooms",
    "owner": "usr_789",
    "token_endpoint_auth_method": "client_secret_basic",
    "grant_types": ["authorization_code"],
    "redirect_uris": ["https://rooms.example/callback"],
    "requires_pkce": True,
    "access_token_lifetime_seconds": None,
    "refresh_token_idle_seconds": 1296000,
    "refresh_token_absolute_seconds": 2592000,
    "is_demo": False,
    "created_by": "provisioner@clients",
}
_RESOURCE_SERVER: dict[str, Any] = {
    **_ROW,
    "name": "Rooms API",
    "audience": "https://api.example.com/rooms/v1/",
    "resource_url": None,
    "user_access": "allow_all",
    "machine_access": "require_grant",
    "access_token_lifetime_seconds": 3600,
    "browser_token_lifetime_seconds": 7200,
    "typ": "at+jwt",
    "signed_with": "server_key",
    "administrator": "usr_321",
    "scopes": [
        {"name": "read:rooms", "description": "See which rooms are free", "changes_data": False},
        {"name": "book:rooms", "description": "Book rooms", "changes_data": True},
    ],
}
_CLIENT_GRANT: dict[str, Any] = {
    **_ROW,
    "client_id": "unapproved-backend",
    "audience": "https://api.example.com/places-admin/v1/",
    "scopes": ["correct:places"],
    "ends_at": "2199-01-01T00:00:00Z",
    "created_at": _MADE_AT,
}
_ACCESS_REQUEST: dict[str, Any] = {
    **_ROW,
    "client_id": "unapproved-backend",
    "audience": "https://api.example.com/places-admin/v1/",
    "scopes": ["correct:places", "import:places"],
    "purpose": "Corrects the names of places that people report.",
    "requested_by": None,
    "requested_at": _MADE_AT,
    "state": "pending",
    "granted_scopes": [],
    "ends_at": None,
    "reason": "",
    "decided_by": "",
    "decided_at": None,
}
_DECIDED = {"decided_by": "provisioner@clients", "decided_at": _MADE_AT}
_USER: dict[str, Any] = {
    "sub": "usr_9f86d081884c7d65",
    "username": "erin",
    "first_name": "Erin",
    "is_active": True,
    "groups": ["employees"],
    "is_staff": False,
    "is_superuser": False,
    "is_demo": False,
    "date_joined": _MADE_AT,
    "last_login": None,
}
# What the server makes anew each time: tests compare all else.
VOLATILE = {
    *("id", "client_id", "client_secret", "sub", "kid", "public_jwk", "trace_id", "next_page_token"),
    *("created_at", "state_changed_at", "requested_at", "decided_at", "date_joined"),
}

REQUESTS: dict[str, dict[str, Any]] = {
    "create_client": {
        "name": "Meeting rooms",
        "owner": "usr_789",
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code"],
        "redirect_uris": ["https://rooms.example/callback"],
    },
    "change_client": {"name": "Rooms", "access_token_lifetime_seconds": 600},
    "create_resource_server": {
        "name": "Rooms API",
        "audience": "https://api.example.com/rooms/v1/",
        "access_token_lifetime_seconds": 3600,
        "administrator": "usr_321",
        "scopes": [
            {"name": "read:rooms", "description": "See which rooms are free", "changes_data": False},
            {"name": "book:rooms", "description": "Book rooms"},
        ],
    },
    "change_resource_server": {"scopes": [{"name": "read:rooms", "description": "See which rooms are free", "changes_data": False}]},
    "create_client_grant": {
        "client_id": "unapproved-backend",
        "audience": "https://api.example.com/places-admin/v1/",
        "scopes": ["correct:places"],
        "ends_at": "2199-01-01T01:00:00+01:00",
    },
    "change_client_grant": {"scopes": ["correct:places", "import:places"], "ends_at": None},
    "create_access_request": {
        "client_id": "unapproved-backend",
        "audience": "https://api.example.com/places-admin/v1/",
        "scopes": ["correct:places", "import:places"],
        "purpose": "Corrects the names of places that people report.",
    },
    "approve_access_request": {"scopes": ["correct:places"], "ends_at": "2199-01-01T00:00:00Z"},
    "deny_access_request": {"reason": "The names come from another source from next year on."},
    "create_user": {"username": "erin", "first_name": "Erin", "groups": ["employees"]},
    "change_user": {"is_active": False, "groups": []},
    "rotate_keys": {"algorithm": "RS256"},
}
ANSWERS: dict[str, dict[str, Any]] = {
    "create_client": {**_CLIENT, "client_secret": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
    "list_clients": {"items": [_CLIENT]},
    "change_client": {**_CLIENT, "name": "Rooms", "access_token_lifetime_seconds": 600, "client_secret": ""},
    "create_resource_server": _RESOURCE_SERVER,
    "list_resource_servers": {"items": [_RESOURCE_SERVER]},
    "change_resource_server": {**_RESOURCE_SERVER, "scopes": _RESOURCE_SERVER["scopes"][:1]},
    "create_client_grant": _CLIENT_GRANT,
    "list_client_grants": {"items": [_CLIENT_GRANT]},
    "change_client_grant": {**_CLIENT_GRANT, "scopes": ["correct:places", "import:places"], "ends_at": None},
    "create_access_request": _ACCESS_REQUEST,
    "list_access_requests": {"items": [_ACCESS_REQUEST]},
    "approve_access_request": {
        **_ACCESS_REQUEST,
        **_DECIDED,
        "state": "approved",
        "granted_scopes": ["correct:places"],
        "ends_at": "2199-01-01T00:00:00Z",
    },
    "deny_access_request": {
        **_ACCESS_REQUEST,
        **_DECIDED,
        "state": "denied",
        "reason": "The names come from another source from next year on.",
    },
    "create_user": _USER,
    "list_users": {"items": [_USER]},
    "change_user": {**_USER, "is_active": False, "groups": []},
}
WRONG = {"name": "", "colour": "blue", "grant_types": ["password"], "redirect_uris": ["https://rooms.example/#top"]}
WRONG_ANSWERED: dict[str, Any] = {
    "type": "about:blank",
    "title": "Unusable input",
    "status": 400,
    "detail": "4 values cannot be used; errors says which and why.",
    "code": "invalid_input",
    "trace_id": "7c1f0a52e4b94d6f8a3e5b90c2d71e44",
    "errors": [
        {
            "field": "colour",
            "code": "unknown_field",
            "detail": (
                "This name is not known here. Known: name, owner, token_endpoint_auth_method, grant_types, redirect_uris, requires_pkce, "
                "access_token_lifetime_seconds, refresh_token_idle_seconds, refresh_token_absolute_seconds."
            ),
        },
        {"field": "name", "code": "empty", "detail": "Write at least one character."},
        {
            "field": "grant_types[0]",
            "code": "invalid_choice",
            "detail": "Send one of: authorization_code, refresh_token, client_credentials, implicit.",
        },
        {
            "field": "redirect_uris[0]",
            "code": "invalid",
            "detail": "A redirect URI is plain ASCII, without blanks, fragment, wildcard and user name.",
        },
    ],
}
