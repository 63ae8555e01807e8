"""Static files: a page among them is as closed as every other page, and no address leads out of their folders."""

import pytest

FOLDER = "/static/drf_spectacular_sidecar/swagger-ui-dist"


def test_a_static_page_has_a_policy_and_lets_nobody_frame_it(client):
    page = client.get(f"{FOLDER}/oauth2-redirect.html")
    assert page.status_code == 200
    assert page["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/static/four_checks/design.css", f"{FOLDER}/oauth2-redirect.html"])
def test_scripts_of_other_origins_read_no_static_file(client, path):
    assert "Access-Control-Allow-Origin" not in client.get(path, headers={"origin": "https://elsewhere.example"})


@pytest.mark.parametrize(
    "path",
    [
        "/static/../manage.py",
        "/static/..%2fmanage.py",
        "/static/four_checks/..%2f..%2fsettings.py",
        "/static/four_checks/%2e%2e/%2e%2e/settings.py",
        "/static//etc/passwd",
        "/static/%00",
        "/static/four_checks/",
        "/static/four_checks/design.css%00",
    ],
)
@pytest.mark.django_db
def test_no_address_leads_out_of_the_folders(client, path):
    assert client.get(path).status_code == 404
