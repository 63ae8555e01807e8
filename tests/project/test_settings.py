"""A setting that cannot be used stops the start, naming variable, value and cure; a good one is taken as it stands."""

import json
from ipaddress import ip_network

import pytest

from access_tokens import conf
from project.environment import BadSetting, Environment

BAD_VALUES = [
    ("SERVICE", "calender_api", "all, authorization_server, calendar_api, demo_client, geocoding_api"),
    ("DJANGO_DEBUG", "maybe", "write 1 or 0"),
    ("DEMO_IDENTITIES", "2", "write 1 or 0"),
    ("EXPLAIN_REJECTIONS", "verbose", "write 1 or 0"),
    ("REQUIRE_IF_MATCH", "no way", "write 1 or 0"),
    ("ISSUER", "localhost:9000", "http:// or https://"),
    ("ISSUER", "ftp://localhost/", "http:// or https://"),
    ("ISSUER", "https://issuer.example/?tenant=1", "leave out the query"),
    ("ISSUER", "https://issuer.example/#here", "leave out the query, the fragment"),
    ("ISSUER", "https://alice@issuer.example/", "any user name"),
    ("ISSUER", "http://localhost:port/", "http:// or https://"),
    ("ISSUER_INTERNAL_URL", "authorization-server", "http:// or https://"),
    ("DEMO_CLIENT_URL", "//localhost:8000", "http:// or https://"),
    ("CALENDAR_API_URL", "http://", "names a host"),
    ("GEOCODING_API_URL", "http://[::1", "http:// or https://"),
    ("CALENDAR_API_INTERNAL_URL", "calendar-api:8001", "http:// or https://"),
    ("GEOCODING_API_INTERNAL_URL", "geocoding-api", "http:// or https://"),
    ("TOKEN_ALGORITHMS", "HS256", "set it for an API's own process alone"),
    ("TOKEN_ALGORITHMS", "HS256 RS256", "write HS256 alone"),
    ("TOKEN_ALGORITHMS", "RS256 none", "RS256"),
    ("TOKEN_TYPES", "jwt", "JWT, at+jwt"),
    ("SCOPE_CLAIM", "roles", "permissions"),
    ("CLOCK_LEEWAY", "-5", "whole number of at least 0"),
    ("CLOCK_LEEWAY", "5s", "whole number of at least 0"),
    ("KEYS_MAX_STALE_HOURS", "1.5", "whole number of at least 0"),
    ("GEOCODING_RATE_LIMIT", "0", "whole number of at least 1"),
    ("TRUSTED_ISSUERS", "https://tenant.example/", "JSON list of objects"),
    ("TRUSTED_ISSUERS", '{"issuer": "https://tenant.example/"}', "JSON list of objects"),
    ("CORS_ALLOWED_ORIGINS", "https://app.example/path", "an origin has no path"),
    ("CORS_ALLOWED_ORIGINS", "app.example", "http:// or https://"),
    ("TRUSTED_PROXIES", "10.0.0.1/8", "no bits set behind its prefix"),
    ("TRUSTED_PROXIES", "::1 proxy.example", "write addresses or networks"),
    ("TRUSTED_PROXIES", "10.0.0.0/33", "write addresses or networks"),
    ("TRUSTED_PROXIES", "[::1]", "write addresses or networks"),
    ("TRUSTED_PROXIES", "::ffff:10.0.0.0/104", "write an IPv4 network as IPv4"),
    ("LOG_FORMAT", "xml", "json, text"),
]


@pytest.mark.parametrize(("name", "value", "cure"), BAD_VALUES, ids=[f"{name}={value}" for name, value, _ in BAD_VALUES])
def test_a_bad_value_stops_the_start_and_names_variable_value_and_cure(read_settings, name, value, cure):
    with pytest.raises(BadSetting) as refusal:
        read_settings(**{name: value})
    text = str(refusal.value)
    assert text.startswith(f"{name} is '")
    assert any(part in text for part in [value, *value.split()])
    assert "Cure: " in text
    assert cure in text.partition("Cure: ")[2]


@pytest.mark.parametrize("name", ["DJANGO_SECRET_KEY", "SIGNING_KEYS_ENCRYPTION_KEY"])
def test_a_missing_secret_stops_the_start_and_says_how_to_get_one(read_settings, name):
    with pytest.raises(BadSetting, match=rf"{name} is not set\. Cure: run `make demo` once"):
        read_settings(**{name: ""})


@pytest.mark.parametrize("name", ["DJANGO_SECRET_KEY", "SIGNING_KEYS_ENCRYPTION_KEY"])
def test_a_short_secret_is_refused_without_being_printed(read_settings, name):
    with pytest.raises(BadSetting) as refusal:
        read_settings(**{name: "too-short"})
    assert name in str(refusal.value)
    assert "too-short" not in str(refusal.value)


def test_a_bad_database_url_is_refused_without_printing_its_password(read_settings):
    with pytest.raises(BadSetting) as refusal:
        read_settings(DATABASE_URL="mongo://four:password@localhost/checks")
    assert "DATABASE_URL" in str(refusal.value)
    assert "password@" not in str(refusal.value).replace("user:password@host", "")


def test_a_store_that_is_no_redis_stops_the_start_without_printing_its_password(read_settings):
    with pytest.raises(BadSetting, match="^CACHE_URL is '\\*\\*\\*'. Cure: write redis://"):
        read_settings(CACHE_URL="memcached://four:password@localhost")


def test_no_proxy_is_trusted_unless_it_is_named(read_settings):
    assert read_settings()["TRUSTED_PROXIES"] == ()
    assert read_settings(TRUSTED_PROXIES="10.0.0.0/8 ::1")["TRUSTED_PROXIES"] == (ip_network("10.0.0.0/8"), ip_network("::1/128"))


SECRET, OTHER_SECRET = "s" * 32, "o" * 43


def test_an_api_that_shares_a_secret_with_the_issuer_checks_with_it_alone(read_settings):
    settings = read_settings(
        SERVICE="calendar_api", TOKEN_ALGORITHMS="HS256", TOKEN_TYPES="JWT", TOKEN_SYMMETRIC_KEYS=json.dumps({"api.calendar": SECRET})
    )
    ours = conf.parse(settings["ACCESS_TOKENS"]).issuers[0]
    assert (set(ours.algorithms), set(ours.types), list(ours.symmetric)) == ({"HS256"}, {"jwt"}, ["api.calendar"])
    assert ours.keys is None
    assert ours.for_audience("api.calendar")
    assert ours.for_audience("https://api.example.com/geocoding/v1/") is None


@pytest.mark.parametrize(
    ("variables", "said", "cure"),
    [
        ({"TOKEN_ALGORITHMS": "HS256"}, "TOKEN_SYMMETRIC_KEYS is not set", '{"api.calendar": "<secret>"}'),
        ({"TOKEN_ALGORITHMS": "HS256", "keys": {"other": SECRET}}, "TOKEN_SYMMETRIC_KEYS is '***'", '{"api.calendar": "<secret>"}'),
        ({"keys": {"api.calendar": SECRET}}, "TOKEN_SYMMETRIC_KEYS is '***'", "TOKEN_ALGORITHMS=HS256"),
        ({"TOKEN_ALGORITHMS": "HS256 ES256", "keys": {"api.calendar": SECRET}}, "TOKEN_ALGORITHMS is 'HS256 ES256'", "HS256 alone"),
        ({"TOKEN_ALGORITHMS": "HS256", "keys": {"api.calendar": SECRET[1:]}}, "TOKEN_SYMMETRIC_KEYS is '***'", "at least 32 bytes"),
        ({"TOKEN_ALGORITHMS": "HS256", "keys": {"api.calendar": SECRET, "b": SECRET}}, "TOKEN_SYMMETRIC_KEYS is '***'", "of its own"),
        ({"TOKEN_ALGORITHMS": "HS256", "keys": [SECRET]}, "TOKEN_SYMMETRIC_KEYS is '***'", "JSON object"),
        ({"TOKEN_ALGORITHMS": "HS256", "keys": {"api.calendar": [SECRET]}}, "TOKEN_SYMMETRIC_KEYS is '***'", "JSON object"),
        ({"TOKEN_ALGORITHMS": "HS256", "TOKEN_SYMMETRIC_KEYS": SECRET}, "TOKEN_SYMMETRIC_KEYS is '***'", "JSON object"),
        (
            {"TOKEN_ALGORITHMS": "HS256", "TOKEN_SYMMETRIC_KEYS": f'{{"api.calendar": "{SECRET}", "api.calendar": "{OTHER_SECRET}"}}'},
            "TOKEN_SYMMETRIC_KEYS is '***'",
            "each name once",
        ),
    ],
    ids=str,
)
def test_a_shared_secret_and_its_algorithm_go_together_or_the_start_fails_without_printing_it(read_settings, variables, said, cure):
    given = {name: value for name, value in variables.items() if name != "keys"}
    if "keys" in variables:
        given["TOKEN_SYMMETRIC_KEYS"] = json.dumps(variables["keys"])
    with pytest.raises(BadSetting) as refusal:
        read_settings(SERVICE="calendar_api", **given)
    text = str(refusal.value)
    assert text.startswith(said)
    assert cure in text.partition("Cure: ")[2]
    assert SECRET[1:] not in text


@pytest.mark.parametrize("service", ["all", "authorization_server", "demo_client"])
def test_who_is_no_api_takes_no_shared_secret(read_settings, service):
    with pytest.raises(BadSetting, match="set it for an API's own process alone"):
        read_settings(SERVICE=service, TOKEN_ALGORITHMS="HS256", TOKEN_SYMMETRIC_KEYS=json.dumps({"api.calendar": SECRET}))


@pytest.mark.parametrize("service", ["demo_client", "calendar_api", "geocoding_api"])
def test_only_the_authorization_server_needs_the_key_that_encrypts_signing_keys(read_settings, service):
    settings = read_settings(SERVICE=service, SIGNING_KEYS_ENCRYPTION_KEY="")
    assert settings["SIGNING_KEYS_ENCRYPTION_KEY"] == ""


@pytest.mark.parametrize("service", ["all", "authorization_server", "calendar_api", "demo_client", "geocoding_api"])
def test_demo_identities_with_an_issuer_beyond_this_machine_stop_the_start(read_settings, service):
    with pytest.raises(BadSetting, match="DEMO_IDENTITIES is '1'.*https://issuer.example/"):
        read_settings(SERVICE=service, DEMO_IDENTITIES="1", ISSUER="https://issuer.example/")


@pytest.mark.parametrize("issuer", ["http://localhost:9000/", "http://127.0.0.1:9000/", "http://[::1]:9000/"])
def test_demo_identities_are_for_loopback_issuers(read_settings, issuer):
    assert read_settings(DEMO_IDENTITIES="1", ISSUER=issuer)["DEMO_IDENTITIES"] is True


def test_demo_identities_and_explaining_are_off_unless_switched_on(read_settings):
    settings = read_settings()
    assert settings["DEMO_IDENTITIES"] is False
    assert settings["EXPLAIN_REJECTIONS"] is False


def test_no_secret_of_an_application_has_a_default_outside_the_demo(read_settings):
    names = ["CALENDAR_WEB_CLIENT_SECRET", "GEOCODING_BACKEND_CLIENT_SECRET", "UNAPPROVED_BACKEND_CLIENT_SECRET"]
    assert [read_settings()[name] for name in names] == ["", "", ""]


def test_four_services_have_four_addresses(read_settings):
    settings = read_settings(SERVICE="calendar_api")
    names = ["DEMO_CLIENT_URL", "CALENDAR_API_URL", "GEOCODING_API_URL", "ISSUER"]
    assert [settings[name] for name in names] == [
        "http://localhost:8000",
        "http://localhost:8001",
        "http://localhost:8002",
        "http://localhost:9000/",
    ]


def test_one_process_has_one_origin_for_everything(read_settings):
    settings = read_settings(SERVICE="all", DEMO_CLIENT_URL="http://localhost:8010")
    assert settings["ISSUER"] == "http://localhost:8010/"
    assert {settings["CALENDAR_API_URL"], settings["GEOCODING_API_URL"]} == {"http://localhost:8010"}


INTERNAL = ["ISSUER_INTERNAL_URL", "CALENDAR_API_INTERNAL_URL", "GEOCODING_API_INTERNAL_URL"]


@pytest.mark.parametrize("name", INTERNAL)
def test_an_internal_address_is_the_public_one_unless_it_is_set(read_settings, name):
    public = "ISSUER" if name == "ISSUER_INTERNAL_URL" else name.replace("_INTERNAL", "")
    assert read_settings(**{public: "http://localhost:8765/x"})[name] == "http://localhost:8765/x"


@pytest.mark.parametrize("name", INTERNAL)
def test_a_service_answers_under_its_internal_name_too(read_settings, name):
    assert "inside-the-network" in read_settings(**{name: "http://inside-the-network:8001"})["ALLOWED_HOSTS"]


@pytest.mark.parametrize("issuer", ["https://tenant.example", "https://tenant.example/", "https://keycloak.example/realms/demo"])
def test_the_issuer_is_kept_exactly_as_written_rfc8414_section_2(read_settings, issuer):
    assert read_settings(ISSUER=issuer)["ISSUER"] == issuer


def test_the_geocoding_api_has_no_database(read_settings):
    assert read_settings(SERVICE="geocoding_api", DATABASE_URL="")["DATABASES"] == {}


def test_sqlite_takes_its_write_lock_first_and_waits_20_seconds(read_settings):
    options = read_settings()["DATABASES"]["default"]["OPTIONS"]
    assert (options["transaction_mode"], options["timeout"]) == ("IMMEDIATE", 20)
    assert "journal_mode=WAL" in options["init_command"]


def test_each_service_has_cookies_of_its_own(read_settings):
    services = ["authorization_server", "demo_client", "calendar_api", "geocoding_api"]
    assert len({read_settings(SERVICE=service)["CSRF_COOKIE_NAME"] for service in services}) == 4
    settings = read_settings()
    assert settings["SESSION_COOKIE_NAME"] != settings["DAYBOOK_SESSION_COOKIE_NAME"]


def test_on_https_cookies_are_secure_and_bound_to_their_host(read_settings):
    settings = read_settings(SERVICE="demo_client", DEMO_CLIENT_URL="https://daybook.example")
    for name in ("SESSION_COOKIE_NAME", "DAYBOOK_SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"):
        assert settings[name].startswith("__Host-")
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]


def test_the_environment_wins_over_dotenv_and_that_over_what_the_demo_wrote(tmp_path, monkeypatch):
    mine, demos = tmp_path / ".env", tmp_path / "demo.env"
    mine.write_text("ISSUER=http://mine.example/\nCALENDAR_API_URL=http://mine.example\n")
    demos.write_text("ISSUER=http://demo.example/\nCALENDAR_API_URL=http://demo.example\nGEOCODING_API_URL=http://demo.example\n")
    monkeypatch.setenv("ISSUER", "http://environment.example/")
    monkeypatch.delenv("CALENDAR_API_URL", raising=False)
    monkeypatch.delenv("GEOCODING_API_URL", raising=False)
    env = Environment(mine, demos)
    read = [env.text(name) for name in ("ISSUER", "CALENDAR_API_URL", "GEOCODING_API_URL")]
    assert read == ["http://environment.example/", "http://mine.example", "http://demo.example"]


def test_an_empty_variable_counts_as_not_set(read_settings):
    assert read_settings(ISSUER="", CALENDAR_AUDIENCE="")["CALENDAR_AUDIENCE"] == "api.calendar"


@pytest.mark.parametrize(
    ("variables", "origin"),
    [
        ({"SERVICE": "authorization_server", "ISSUER": "https://issuer.example/tenant/"}, "https://issuer.example"),
        ({"SERVICE": "demo_client", "DEMO_CLIENT_URL": "https://daybook.example:8443"}, "https://daybook.example:8443"),
        ({}, "http://localhost:8000"),
    ],
)
def test_forms_are_taken_from_this_process_s_own_origin_alone_also_behind_a_proxy_that_ends_tls(read_settings, variables, origin):
    assert read_settings(**variables)["CSRF_TRUSTED_ORIGINS"] == [origin]
