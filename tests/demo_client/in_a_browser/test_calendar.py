"""The drawn week and month: the clock on Berlin's walls, every event legible, the page's own list where there is no room or no script."""

import json

import pytest
from playwright.sync_api import expect

from tests.demo_client.in_a_browser.conftest import NONCE

HEAD = f"""<meta name="csp-nonce" content="{NONCE}"><link rel="stylesheet" href="/static/demo_client/calendar.css">
<script type="module" src="/static/demo_client/calendar.js"></script>"""


def event(title, start, end, place="", country="", url=None):
    all_day = "T" not in start
    return {"id": title, "title": title, "start": start, "end": end, "allDay": all_day, "place": place, "country": country, "url": url}


WEEK = [
    event("Team meeting", "2026-11-23T09:30:00+01:00", "2026-11-23T10:30:00+01:00", "Mitte, Berlin", "Germany"),
    event("Choir rehearsal", "2026-11-23T18:30:00+01:00", "2026-11-23T20:00:00+01:00", "Kreuzberg, Berlin", "Germany", "/choir"),
    event("Bob’s birthday", "2026-11-25", "2026-11-26"),
    event("Workshop", "2026-11-26T13:00:00Z", "2026-11-26T14:30:00Z", "Southwark, London", "United Kingdom", "/workshop"),
]


def calendar(pages, events, *, view="week", date="2026-11-23"):
    drawing = f'<div id="calendar" data-view="{view}" data-date="{date}" data-zone="Europe/Berlin" data-today="2026-11-25" hidden></div>'
    listed = "".join(f"<li>{event['title']}</li>" for event in events)
    data = json.dumps(events).replace("<", "\\u003C")
    script = f'<script type="application/json" id="calendar-events">{data}</script>'
    pages.add("/calendar", head=HEAD, body=f'{drawing}<div id="calendar-list"><ul>{listed}</ul></div>{script}')


def open_calendar(window, events, **choices):
    """Open it, and wait until it is drawn."""
    calendar(window.platform, events, **choices)
    window.open("/calendar")
    expect(window.page.locator("#calendar .fc-view")).to_be_visible()


def drawn(window, title):
    return window.page.locator("#calendar .fc-event", has=window.page.locator("b", has_text=title))


def is_whole(line):
    """Nothing of this line of words is cut off, neither by itself nor by the event that it stands in."""
    return line.evaluate("""line => {
      const [inner, outer] = [line.getBoundingClientRect(), line.closest(".fc-event").getBoundingClientRect()];
      const isInside = inner.bottom <= outer.bottom + 1 && inner.right <= outer.right + 1;
      return isInside && inner.height > 8 && line.scrollWidth <= line.clientWidth + 1;
    }""")


def test_on_a_wide_screen_the_drawing_takes_the_lists_place_and_on_a_narrow_one_gives_it_back(window):
    open_calendar(window, WEEK)
    expect(window.page.locator("#calendar-list")).to_be_hidden()
    window.page.set_viewport_size({"width": 390, "height": 900})
    expect(window.page.locator("#calendar-list")).to_be_visible()
    expect(window.page.locator("#calendar")).to_be_hidden()
    window.page.set_viewport_size({"width": 1280, "height": 900})
    expect(drawn(window, "Workshop")).to_be_visible()
    expect(window.page.locator("#calendar-list")).to_be_hidden()


def test_a_phone_does_not_even_load_what_draws(window):
    loaded = []
    window.page.on("request", lambda request: loaded.append(request.url))
    window.page.set_viewport_size({"width": 390, "height": 900})
    calendar(window.platform, WEEK)
    window.open("/calendar")
    window.page.wait_for_load_state("networkidle")
    expect(window.page.locator("#calendar-list")).to_be_visible()
    assert any("calendar.js" in url for url in loaded)
    assert not any("fullcalendar" in url for url in loaded)


def test_the_list_stays_when_the_drawing_does_not_arrive(window):
    window.page.route("**/fullcalendar-*/**", lambda route: route.abort())
    calendar(window.platform, WEEK)
    window.open("/calendar")
    window.page.wait_for_load_state("networkidle")
    expect(window.page.locator("#calendar-list")).to_be_visible()
    expect(window.page.locator("#calendar")).to_be_hidden()


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
def test_times_are_berlins_wherever_the_browser_is(browser, pages, zone):
    context = browser.new_context(timezone_id=zone, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    calendar(pages, WEEK)
    page.goto(f"{pages.demo_client_url}/calendar")
    workshop = page.locator("#calendar .fc-event", has_text="Workshop")
    expect(workshop.locator(".when")).to_have_text("14:00–15:30")
    assert workshop.evaluate("event => event.closest('[data-date]').dataset.date") == "2026-11-26"
    ten, eleven = (page.locator(f".fc-timegrid-slot-lane[data-time='{hour}:00:00']").bounding_box()["y"] for hour in (14, 15))
    assert ten <= workshop.bounding_box()["y"] < ten + (eleven - ten) / 4
    context.close()


def test_days_are_headed_by_name_and_number_and_today_stands_out(window):
    open_calendar(window, WEEK)
    heads = window.page.locator("#calendar .fc-col-header-cell")
    assert [" ".join(head.split()) for head in heads.all_inner_texts()] == [
        "Mon 23",
        "Tue 24",
        "Wed 25 today",
        "Thu 26",
        "Fri 27",
        "Sat 28",
        "Sun 29",
    ]
    colour = "element => getComputedStyle(element).backgroundColor"
    number = heads.nth(2).locator("span", has_text="25").last
    assert number.evaluate(colour) == "rgb(11, 92, 173)"
    assert heads.nth(1).locator("span").last.evaluate(colour) == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize(
    ("events", "first", "last"),
    [
        ([], "08:00", "19:00"),
        ([event("Early", "2026-11-29T05:30:00+01:00", "2026-11-29T07:00:00+01:00")], "05:00", "19:00"),
        ([event("Late", "2026-11-23T19:00:00+01:00", "2026-11-23T21:15:00+01:00")], "08:00", "21:00"),
        ([event("Of another week", "2026-12-01T05:00:00+01:00", "2026-12-01T06:00:00+01:00")], "08:00", "19:00"),
    ],
    ids=["none", "early", "late", "another week"],
)
def test_the_day_has_its_working_hours_and_more_where_an_event_needs_them(window, events, first, last):
    open_calendar(window, events)
    hours = window.page.locator(".fc-timegrid-slot-label").all_inner_texts()
    assert [hours[0], hours[-2]] == [first, last]


def test_an_event_of_an_hour_shows_title_time_and_place_whole(window):
    open_calendar(window, WEEK)
    meeting = drawn(window, "Team meeting")
    for line, words in (("b", "Team meeting"), (".starts", "09:30"), (".place", "Mitte, Berlin")):
        assert meeting.locator(line).inner_text() == words
        assert is_whole(meeting.locator(line)), words


def test_an_event_of_a_quarter_of_an_hour_can_be_read(window):
    short = event("Stand-up", "2026-11-24T09:00:00+01:00", "2026-11-24T09:15:00+01:00")
    open_calendar(window, [short, event("Right after", "2026-11-24T09:15:00+01:00", "2026-11-24T09:45:00+01:00")])
    assert is_whole(drawn(window, "Stand-up").locator("b"))
    one, other = drawn(window, "Stand-up").bounding_box(), drawn(window, "Right after").bounding_box()
    assert one["x"] + one["width"] <= other["x"] + 1  # beside one another: neither covers the other


def test_what_goes_on_past_midnight_stands_above_the_hours_of_the_days_after(window):
    open_calendar(window, [event("Night train", "2026-11-27T22:40:00+01:00", "2026-11-28T06:50:00+01:00")])
    begins, goes_on = drawn(window, "Night train").all()
    if "fc-daygrid-event" in begins.get_attribute("class"):
        begins, goes_on = goes_on, begins
    expect(begins.locator(".when")).to_have_text("from 22:40")
    expect(goes_on.locator(".when")).to_have_text("until 06:50")
    assert goes_on.evaluate("event => event.closest('[data-date]').dataset.date") == "2026-11-28"


def test_what_ends_at_midnight_does_not_touch_the_next_day(window):
    open_calendar(window, [event("Until midnight", "2026-11-27T22:00:00+01:00", "2026-11-28T00:00:00+01:00")])
    expect(drawn(window, "Until midnight")).to_have_count(1)
    expect(drawn(window, "Until midnight").locator(".when")).to_have_text("22:00–00:00")


def test_in_the_hour_that_comes_twice_an_event_may_end_before_it_began(window):
    open_calendar(window, [event("Clocks", "2026-10-25T02:30:00+02:00", "2026-10-25T02:15:00+01:00")], date="2026-10-19")
    expect(drawn(window, "Clocks").locator(".when")).to_have_text("02:30–02:15")


def test_words_of_an_event_are_words_and_never_markup(window):
    title = "<img src=x onerror=alert(1)>"
    open_calendar(window, [event(title, "2026-11-24T09:00:00+01:00", "2026-11-24T11:00:00+01:00", "<b>Berlin</b>")])
    expect(drawn(window, title)).to_contain_text("<b>Berlin</b>")
    expect(window.page.locator("#calendar img")).to_have_count(0)


def test_linked_events_are_reached_with_the_keyboard_in_the_order_of_the_days(window):
    open_calendar(window, WEEK)
    window.tab_to("Choir rehearsal")
    window.tab_to("Workshop", at_most=1)


FULL_DAY = [event(f"Number {n}", f"2026-11-24T{9 + n:02}:00:00+01:00", f"2026-11-24T{9 + n:02}:45:00+01:00", url=f"/{n}") for n in range(6)]


def test_the_rest_of_a_full_day_is_opened_and_left_with_the_keyboard(window):
    open_calendar(window, FULL_DAY, view="month", date="2026-11-01")
    more = window.page.get_by_role("button", name="+3 more")
    more.focus()
    window.page.keyboard.press("Enter")
    rest = window.page.get_by_role("dialog", name="24 November 2026")
    expect(rest).to_be_focused()
    assert [link.inner_text() for link in rest.get_by_role("link").all()] == [f"{9 + n:02}:00 Number {n}" for n in range(6)]
    window.page.keyboard.press("Tab")
    expect(rest.get_by_role("button", name="Close")).to_be_focused()
    window.page.keyboard.press("Escape")
    expect(rest).to_have_count(0)
    expect(more).to_be_focused()
    window.page.keyboard.press("Enter")
    expect(rest).to_be_focused()
    window.page.keyboard.press("Tab")
    window.page.keyboard.press("Enter")
    expect(rest).to_have_count(0)
    expect(more).to_be_focused()
    window.page.keyboard.press("Enter")
    expect(rest).to_be_focused()
    window.looks_right("Drawing")


def test_more_than_three_events_at_once_are_counted_and_opened(window):
    at_once = [event(f"At once {n}", f"2026-11-27T14:0{n}:00+01:00", "2026-11-27T16:00:00+01:00") for n in range(5)]
    open_calendar(window, at_once)
    window.page.get_by_role("button", name="+2").click()
    expect(window.page.get_by_role("dialog")).to_contain_text("At once 4")


def test_in_a_month_a_line_says_when_and_what(window):
    open_calendar(window, WEEK, view="month", date="2026-11-01")
    assert drawn(window, "Workshop").inner_text() == "14:00 Workshop"
    assert is_whole(drawn(window, "Workshop").locator("b"))
    assert window.page.locator("#calendar .fc-col-header-cell").all_inner_texts() == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


@pytest.mark.parametrize("view", ["week", "month"])
def test_it_looks_right_at_both_widths_light_and_dark(window, view):
    open_calendar(window, [*WEEK, *FULL_DAY], view=view, date="2026-11-23" if view == "week" else "2026-11-01")
    window.looks_right("Drawing")


def test_colours_are_the_designs_in_the_dark_too(window):
    open_calendar(window, WEEK)
    colours = "event => { const style = getComputedStyle(event); return [style.backgroundColor, style.borderLeftColor] }"
    assert drawn(window, "Workshop").evaluate(colours) == ["rgb(232, 241, 251)", "rgb(11, 92, 173)"]
    window.page.emulate_media(color_scheme="dark")
    assert drawn(window, "Workshop").evaluate(colours) == ["rgb(21, 39, 60)", "rgb(125, 183, 255)"]
