"""The dashboard's page for one's own password: Django's, but that guesses at the old password count like sign-ins.

Otherwise whoever finds a session open could try there, as fast as it is hashed, what `/login` does not let be tried.
"""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from access_tokens.trace_ids import trace_id_of
from authorization_server import decision_log, pages
from authorization_server.addresses import client_address
from authorization_server.decision_log import Decision
from authorization_server.failure_limits import SIGN_IN
from authorization_server.sign_in import signed_in_user


def password_change(request: HttpRequest) -> HttpResponse:
    """Django's page or redirection; 429 instead, beyond the limit of the account that is signed in."""
    user = signed_in_user(request)
    if request.method != "POST" or user is None:
        return admin.site.password_change(request)
    address = client_address(request)
    if seconds := SIGN_IN.seconds_to_wait(user.username, address):
        decision_log.record(Decision.SIGN_IN_REFUSED, trace_id=trace_id_of(request), reason="too_many_failures", user=user.sub)
        cure = f"Try again in {seconds} s. Until then the right password is not taken either. Nothing was changed."
        refused = pages.problem(request, title="Too many wrong passwords", cure=cure)
        refused.status_code, refused["Retry-After"] = 429, str(seconds)
        return refused
    response = admin.site.password_change(request)
    if isinstance(response, TemplateResponse) and (response.context_data or {})["form"].has_error("old_password", "password_incorrect"):
        SIGN_IN.count(user.username, address)
    return response
