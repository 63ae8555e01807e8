"""A page for each rejection: a problem's `type` leads there."""

import html
import subprocess
import sys

import pytest

from access_tokens.rejections import ALL


@pytest.mark.parametrize("code", sorted(ALL))
def test_every_rejection_has_a_page_with_its_title_check_and_cure(alice, code):
    response = alice.get(f"/learn/rejections/{code}")
    page = response.content.decode()
    assert response.status_code == 200
    assert f"{ALL[code].status} {code}" in page
    assert ALL[code].cure in html.unescape(page)
    if ALL[code].step:
        assert page.count('class="check ') == 4
        assert page.count("check--failed") == 1


def test_the_index_leads_to_all_of_them(alice):
    page = alice.get("/learn").content.decode()
    assert all(f'href="/learn/rejections/{code}"' in page for code in ALL)


@pytest.mark.parametrize("code", ["nothing", "token_expired.html", "TOKEN_EXPIRED", "%00", "..%2f"])
def test_an_unknown_code_is_404(alice, code):
    assert alice.get(f"/learn/rejections/{code}").status_code == 404


def test_the_pages_type_in_problems_is_this_path(settings):
    assert settings.ACCESS_TOKENS["REJECTION_PAGES"] == f"{settings.DEMO_CLIENT_URL}/learn/rejections/"


def test_the_check_of_one_s_own_api_can_be_downloaded_and_runs_alone(alice, tmp_path):
    answer = alice.get("/learn/check_api.pyz")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    (tmp_path / "check_api.pyz").write_bytes(answer.content)
    command = [sys.executable, "-I", tmp_path / "check_api.pyz", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "--audience" in done.stdout) == (0, True)
    assert 'href="/learn/check_api.pyz"' in alice.get("/learn/verifier").content.decode()
