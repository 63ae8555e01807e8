"""Where the issuer's endpoints are found, and which address of it is called."""

import pytest

from demo_client.discovery import internal, issuer_metadata
from demo_client.exchanges import Recorder
from demo_client.failures import UnusableAnswer

PATH = "/.well-known/openid-configuration"


def test_the_metadata_are_fetched_once(services):
    assert issuer_metadata(Recorder()).token_endpoint == f"{services.url}/oauth/token"
    issuer_metadata(Recorder())
    assert len(services.sent_to(PATH)) == 1


def test_the_issuer_must_call_itself_as_it_is_configured_rfc8414_section_3_3(services):
    services.answers[PATH] = (200, services.metadata(issuer=services.url))  # without its last slash
    with pytest.raises(UnusableAnswer) as failure:
        issuer_metadata(Recorder())
    assert f"calls itself {services.url};" in str(failure.value)
    assert "ISSUER" in str(failure.value)


@pytest.mark.parametrize(
    "answer",
    [
        (200, "[]"),
        (200, "{"),
        (200, "[" * 100_000),
        (500, {}),
        (404, {}),
        (200, ""),
        (200, "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1")),
    ],
    ids=["list", "cut", "deep", "500", "404", "empty", "no json"],
)
def test_an_unusable_document_is_refused_and_not_kept(services, answer):
    good = services.answers[PATH]
    services.answers[PATH] = answer
    with pytest.raises(UnusableAnswer):
        issuer_metadata(Recorder())
    services.answers[PATH] = good
    assert issuer_metadata(Recorder())


@pytest.mark.parametrize("endpoint", [None, 7, "/oauth/token", "javascript:alert(1)"])
def test_an_endpoint_is_an_http_url(services, endpoint):
    services.answers[PATH] = (200, services.metadata(token_endpoint=endpoint))
    with pytest.raises(UnusableAnswer, match="token_endpoint"):
        issuer_metadata(Recorder())


def test_back_channel_calls_go_to_the_internal_address_and_the_browser_does_not(services, settings):
    settings.ISSUER = "https://id.example/tenant/"
    services.answers["/inside/.well-known/openid-configuration"] = (
        200,
        services.metadata(
            issuer=settings.ISSUER,
            authorization_endpoint="https://id.example/tenant/authorize",
            token_endpoint="https://id.example/tenant/oauth/token",
        ),
    )
    settings.ISSUER_INTERNAL_URL = f"{services.url}/inside/"
    metadata = issuer_metadata(Recorder())
    assert metadata.authorization_endpoint == "https://id.example/tenant/authorize"
    assert metadata.token_endpoint == f"{services.url}/inside/oauth/token"


def test_only_a_leading_issuer_is_replaced(settings):
    settings.ISSUER, settings.ISSUER_INTERNAL_URL = "https://id.example/", "http://issuer:9000/"
    assert internal("https://id.example/oauth/token") == "http://issuer:9000/oauth/token"
    assert internal("https://id.example.evil/oauth/token") == "https://id.example.evil/oauth/token"
    assert internal("https://other.example/?u=https://id.example/") == "https://other.example/?u=https://id.example/"
