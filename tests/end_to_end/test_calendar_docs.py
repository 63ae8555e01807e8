"""The Calendar API's documentation in a browser: it renders offline, under the strict Content-Security-Policy."""

from playwright.sync_api import expect


def test_the_documentation_page_renders_and_breaks_no_policy(platform, page):
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if "//localhost" not in request.url else None)
    page.goto(f"{platform.calendar_api_url}/calendar/v1/docs")
    operations = page.locator(".opblock-summary-control")
    expect(operations).to_have_count(5)
    for number in range(5):
        operations.nth(number).click()
    page.locator(".btn.authorize").click()
    expect(page.locator(".dialog-ux")).to_contain_text("calendar")
    assert complaints == []
