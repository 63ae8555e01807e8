"""`POST /oauth/token`: read the request, let the grant that it names answer (RFC 6749 section 3.2)."""

from authlib.oauth2.base import OAuth2Error
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from access_tokens.trace_ids import trace_id_of
from authorization_server import parameters
from authorization_server.errors import MethodNotAllowed, TemporarilyUnavailable
from authorization_server.oauth_requests import OAuthRequest
from authorization_server.remembered import configuration_as_it_is_now
from authorization_server.server import server


@csrf_exempt  # no cookie counts here: the client proves itself in each request
def token(request: HttpRequest) -> HttpResponse:
    """JSON always: a token, or `error` and `error_description`."""
    if request.method != "POST":
        return server.refuse(MethodNotAllowed("Send a POST.", reason="method_not_allowed"), trace_id=trace_id_of(request))
    try:
        asked = OAuthRequest(request, parameters.of_token_request(request))
        with configuration_as_it_is_now():
            response: HttpResponse = server.create_token_response(asked)
    except OAuth2Error as error:  # what cannot even be read
        return server.refuse(error, trace_id=trace_id_of(request))
    except OperationalError:  # the database is locked or away: the client may try again
        away = TemporarilyUnavailable("The database does not answer. Try again.", reason="database")
        return server.refuse(away, trace_id=trace_id_of(request))
    return response
