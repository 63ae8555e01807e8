"""The Calendar API's documentation in a browser: it renders offline, under the strict Content-Security-Policy."""

from playwright.sync_api import expect


def test_the_documentation_page_renders_and_breaks_no_policy(platform, page):
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if "//localhost" not in request.url else None)
    page.goto(f"{platform.calendar_api_url}/calendar/v1/docs")
    operations = page.locator(".opblock-summary-control")
    expect(operations).to_have_count(9)
    for number in range(9):
        operations.nth(number).click()
    page.locator(".btn.authorize").click()
    expect(page.locator(".dialog-ux")).to_contain_text("calendar")
    assert complaints == []


def test_signing_in_there_gets_a_token_for_this_api_and_the_request_succeeds(platform, page):
    page.goto(f"{platform.calendar_api_url}/calendar/v1/docs")
    expect(page.locator(".opblock-summary-control")).to_have_count(9)  # the dialog shows the ways to sign in that are known by then
    page.locator(".btn.authorize").click()
    sign_in = page.locator(".auth-container", has_text="PKCE").last
    with page.expect_popup() as opened:
        sign_in.locator("button.authorize").first.click()
    popup = opened.value
    popup.get_by_role("button", name="Bob").click()
    with popup.expect_event("close"):
        if "/authorize" in popup.url:
            popup.get_by_role("button", name="Allow", exact=True).click()
    expect(page.get_by_role("button", name="Remove authorization").first).to_be_visible()
    page.get_by_role("button", name="Close").first.click()
    page.locator(".opblock-summary-control").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    answer = page.locator(".live-responses-table .response").first
    expect(answer).to_contain_text("200")
    expect(answer).to_contain_text("items")
