"""The map in the event form: a place is picked by mouse, finger or keyboard, and its name is Daybook's answer, never a guess."""

import re
import threading

import pytest
from playwright.sync_api import expect

VENDOR = "/static/demo_client/vendor"
HEAD = f"""<link rel="stylesheet" href="{VENDOR}/leaflet-1.9.4/leaflet.css"><link rel="stylesheet" href="/static/demo_client/place_map.css">
<script type="module" src="/static/demo_client/place_map.js"></script>"""
FORM = """<form class="card stack">
<label class="field__label" for="location">Where</label><input class="input" id="location" value="{location}">
<div id="place-map" class="place-map" data-shapes="{vendor}/natural-earth-4.1.0/countries.json"
 data-cities="{vendor}/geonames-3.0.2/cities.json" data-name-url="/daybook/place-name"></div>
<p id="place-says" class="small" role="status"></p>
<label class="field__label" for="lat">Latitude</label><input class="input" id="lat" value="{lat}">
<label class="field__label" for="lon">Longitude</label><input class="input" id="lon" value="{lon}"></form>"""
FRIEDRICHSHAIN = "Friedrichshain, Berlin, Germany"


class Form:
    """The form in a browser's window, drawn and ready."""

    def __init__(self, window, *, location="", lat="", lon=""):
        window.platform.add("/event", head=HEAD, body=FORM.format(vendor=VENDOR, location=location, lat=lat, lon=lon))
        window.page.emulate_media(reduced_motion="reduce")  # a key that comes while the map still glides is lost
        window.open("/event")
        self.page = window.page
        self.map, self.says = self.page.get_by_role("application"), self.page.get_by_role("status")
        self.location, self.lat, self.lon = (self.page.get_by_label(label) for label in ("Where", "Latitude", "Longitude"))
        self.pin = self.page.locator(".place-map__pin")
        expect(self.page.locator("path.place-map__country").first).to_be_attached()

    def click(self, x=200, y=150):
        self.map.click(position={"x": x, "y": y})

    def type(self, lat, lon):
        self.lat.fill(lat)
        self.lon.fill(lon)
        self.lon.press("Tab")

    @property
    def point(self):
        return self.lat.input_value(), self.lon.input_value()


@pytest.fixture
def form(window):
    return Form(window)


def test_a_click_fills_in_coordinates_and_name_and_says_so(form):
    form.click()
    lat, lon = form.point
    assert [len(number.partition(".")[2]) for number in (lat, lon)] == [4, 4]
    expect(form.says).to_have_text(f"Picked on the map: {lat}, {lon}")
    expect(form.location).to_have_value(FRIEDRICHSHAIN)
    expect(form.pin).to_be_visible()


def test_what_is_asked_about_is_what_was_picked(form, pages):
    form.click()
    expect(form.location).not_to_have_value("")
    assert pages.asked == [form.point]


def test_the_keyboard_alone_moves_zooms_and_picks(form):
    form.map.focus()
    form.page.keyboard.press("Enter")
    assert form.point == ("50.0000", "11.0000")
    form.page.keyboard.press("ArrowRight")
    form.page.keyboard.press("Enter")
    expect(form.lon).to_have_value(re.compile(r"^18\.0"))  # 80 of the 4096 pixels that are 360° at zoom 4
    form.page.keyboard.press("+")
    form.page.keyboard.press("ArrowLeft")
    form.page.keyboard.press("Enter")
    expect(form.lon).to_have_value(re.compile(r"^14\.5"))  # half as far
    expect(form.says).to_have_text(f"Picked on the map: {', '.join(form.point)}")


def test_a_button_picks_the_centre(form):
    form.page.get_by_role("button", name="Pick the centre").press("Enter")
    assert form.point == ("50.0000", "11.0000")
    expect(form.location).to_have_value(FRIEDRICHSHAIN)


def test_a_finger_picks_at_a_phones_width_where_the_map_leaves_room_for_the_form(browser, pages):
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    pages.add("/event", head=HEAD, body=FORM.format(vendor=VENDOR, location="", lat="", lon=""))
    page.goto(f"{pages.demo_client_url}/event")
    assert page.get_by_role("application").bounding_box()["height"] <= 320
    assert page.get_by_role("button", name="Zoom in").bounding_box()["height"] >= 44
    page.get_by_role("application").tap(position={"x": 100, "y": 150})
    expect(page.get_by_label("Where")).to_have_value(FRIEDRICHSHAIN)
    context.close()


def test_typed_coordinates_move_the_pin_and_are_asked_about(form, pages):
    form.type("35.658", "139.7016")
    expect(form.pin).to_be_visible()
    expect(form.says).to_have_text("Typed: 35.6580, 139.7016")
    expect(form.page.locator(".place-map__city", has_text="Tokyo")).to_be_visible()  # the map has gone there
    expect(form.location).not_to_have_value("")  # the answer has come, so the question was asked
    assert pages.asked == [("35.658", "139.7016")]
    form.lat.fill("")
    expect(form.pin).to_have_count(0)


@pytest.mark.parametrize(("lat", "lon"), [("91", "13"), ("52", "181"), ("52,5", "13"), ("north", "13")])
def test_what_is_no_place_on_earth_gets_words_and_no_question(form, pages, lat, lon):
    form.type(lat, lon)
    expect(form.says).to_contain_text("Latitude goes from -90 to 90, longitude from -180 to 180")
    expect(form.pin).to_have_count(0)
    assert pages.asked == []


def test_coordinates_that_the_form_comes_with_are_shown_and_not_asked_about(window, pages):
    form = Form(window, location="At Bob’s", lat="52.5158", lon="13.4540")
    expect(form.pin).to_be_visible()
    expect(form.page.locator(".place-map__city", has_text="Berlin").first).to_be_visible()
    assert pages.asked == []
    assert form.location.input_value() == "At Bob’s"


def test_a_name_that_somebody_typed_stays_and_the_other_one_is_offered(form):
    form.location.fill("At Bob’s")
    form.click()
    expect(form.says).to_contain_text("The name that you typed stays.")
    assert form.location.input_value() == "At Bob’s"
    form.page.get_by_role("button", name=f"Use “{FRIEDRICHSHAIN}”").click()
    assert form.location.input_value() == FRIEDRICHSHAIN
    expect(form.page.get_by_role("button", name="Use")).to_have_count(0)


def test_a_name_that_the_map_wrote_follows_the_pin(form, pages):
    form.click()
    expect(form.location).to_have_value(FRIEDRICHSHAIN)
    pages.answer = lambda lat, lon: (200, {"name": "Soho, London, United Kingdom"})
    form.click(x=100)
    expect(form.location).to_have_value("Soho, London, United Kingdom")
    pages.answer = lambda lat, lon: (200, {"name": None, "reason": "No place within range: open sea."})
    form.click(x=60)
    expect(form.says).to_have_text(f"Picked on the map: {', '.join(form.point)}. No place within range: open sea.")
    assert form.location.input_value() == ""


def test_an_error_says_why_and_what_to_do_and_keeps_the_point(form, pages):
    pages.answer = lambda lat, lon: (503, {"detail": "The Geocoding API does not answer. Daybook tried for 3 seconds"})
    form.click()
    expect(form.says).to_have_text(
        f"Picked on the map: {', '.join(form.point)}. No name for it: The Geocoding API does not answer. Daybook tried for 3 seconds. "
        "Type a name, or pick again."
    )
    assert form.location.input_value() == ""


def test_no_answer_at_all_says_who_does_not_answer(form):
    form.page.route("**/place-name*", lambda route: route.abort())
    form.click()
    expect(form.says).to_contain_text("No name for it: Daybook does not answer. Type a name, or pick again.")


def test_while_it_waits_it_says_for_whom_and_how_long_and_at_last_that_it_gave_up(window):
    window.page.clock.install()
    form = Form(window)
    form.page.route("**/place-name*", lambda route: None)  # no answer comes
    form.click()
    form.page.clock.run_for(300)
    expect(form.says).to_contain_text("Asking for its name")
    form.page.clock.run_for(1_800)
    expect(form.says).to_contain_text("Waiting for the Geocoding API: 2 s")
    form.page.clock.run_for(8_000)
    expect(form.says).to_contain_text("No name for it: Daybook did not answer for 10 seconds. Type a name, or pick again.")


def test_the_last_pick_counts_whichever_answer_comes_last(form, pages):
    may_answer, answered = threading.Event(), threading.Event()

    def answer(lat, lon):
        if len(pages.asked) == 1:
            may_answer.wait(10)
            answered.set()
            return 200, {"name": "The first"}
        return 200, {"name": "The second"}

    pages.answer = answer
    form.click(x=100)
    form.click(x=300)
    expect(form.location).to_have_value("The second")
    may_answer.set()
    assert answered.wait(10)
    form.page.wait_for_load_state("networkidle")
    assert form.location.input_value() == "The second"


def test_a_map_without_shapes_says_so_and_still_takes_what_is_typed(window):
    window.page.route("**/countries.json", lambda route: route.fulfill(status=404))
    window.platform.add("/event", head=HEAD, body=FORM.format(vendor=VENDOR, location="", lat="", lon=""))
    window.open("/event")
    expect(window.page.get_by_role("status")).to_contain_text("answered 404. Latitude and longitude can be typed.")
    window.page.get_by_label("Latitude").fill("52.5")
    window.page.get_by_label("Longitude").fill("13.4")
    window.page.get_by_label("Longitude").press("Tab")
    expect(window.page.get_by_label("Where")).to_have_value(FRIEDRICHSHAIN)


def test_the_map_thanks_those_whose_data_it_shows(form):
    expect(form.page.locator(".leaflet-control-attribution")).to_have_text("Borders: Natural Earth, Places © GeoNames.org, CC BY 4.0")


def test_it_looks_right_at_both_widths_light_and_dark_and_asks_no_other_origin(form, window):
    form.click()
    expect(form.location).not_to_have_value("")
    window.looks_right("Drawing")
