"""What is said of famous places: the name a person would say, the country, the time zone. Each expected by hand."""

import pytest

from geocoding_api.places import places
from geocoding_api.reverse import reverse

FAMOUS = [
    ("Shibuya station", 35.658, 139.7016, "Shibuya, Tokyo, Japan", "Asia/Tokyo"),
    ("Tokyo Tower", 35.6586, 139.7454, "Minato City, Tokyo, Japan", "Asia/Tokyo"),
    ("Kinkaku-ji", 35.0394, 135.7292, "Kyoto, Japan", "Asia/Tokyo"),
    ("Big Ben", 51.5007, -0.1246, "London, England, United Kingdom", "Europe/London"),
    ("Edinburgh Castle", 55.9486, -3.1999, "Edinburgh, Scotland, United Kingdom", "Europe/London"),
    ("Blarney Castle", 51.9291, -8.5709, "Blarney, Munster, Ireland", "Europe/Dublin"),
    ("Colosseum", 41.8902, 12.4922, "Rome, Lazio, Italy", "Europe/Rome"),
    ("Leaning Tower", 43.7230, 10.3966, "Pisa, Tuscany, Italy", "Europe/Rome"),
    ("Louvre", 48.8606, 2.3376, "Paris, Île-de-France, France", "Europe/Paris"),
    ("Palace of Versailles", 48.8049, 2.1204, "Versailles, Île-de-France, France", "Europe/Paris"),
    ("Brandenburg Gate", 52.5163, 13.3777, "Berlin, State of Berlin, Germany", "Europe/Berlin"),
    ("Neuschwanstein", 47.5576, 10.7498, "Hohenschwangau, Bavaria, Germany", "Europe/Berlin"),
    ("Alhambra", 37.1761, -3.5881, "Granada, Andalusia, Spain", "Europe/Madrid"),
    ("Acropolis", 37.9715, 23.7257, "Athens, Attica, Greece", "Europe/Athens"),
    ("Hagia Sophia", 41.0086, 28.9802, "Istanbul, Turkey", "Europe/Istanbul"),
    ("Red Square", 55.7539, 37.6208, "Moscow, Russia", "Europe/Moscow"),
    ("Prague Castle", 50.0909, 14.4005, "Prague, Czechia", "Europe/Prague"),
    ("Anne Frank House", 52.3752, 4.8840, "Amsterdam, North Holland, The Netherlands", "Europe/Amsterdam"),
    ("Zermatt", 46.0207, 7.7491, "Zermatt, Valais, Switzerland", "Europe/Zurich"),
    ("Tivoli Gardens", 55.6736, 12.5681, "Copenhagen, Capital Region, Denmark", "Europe/Copenhagen"),
    ("Maidan", 50.4501, 30.5234, "Kyiv, Kyiv City, Ukraine", "Europe/Kyiv"),
    ("Hallgrímskirkja", 64.1418, -21.9266, "Reykjavík, Capital Region, Iceland", "Atlantic/Reykjavik"),
    ("Times Square", 40.7580, -73.9855, "Times Square, New York, United States", "America/New_York"),
    ("White House", 38.8977, -77.0365, "Washington, District of Columbia, United States", "America/New_York"),
    ("Space Needle", 47.6205, -122.3493, "Seattle, Washington, United States", "America/Los_Angeles"),
    ("Grand Canyon, South Rim", 36.0544, -112.1401, "Grand Canyon, Arizona, United States", "America/Phoenix"),
    ("Waikiki beach", 21.2767, -157.8275, "Waikīkī, Hawaii, United States", "Pacific/Honolulu"),
    ("Horseshoe Falls", 43.0792, -79.0787, "Niagara Falls, Ontario, Canada", "America/Toronto"),
    ("Zócalo", 19.4326, -99.1332, "Mexico City, Mexico", "America/Mexico_City"),
    ("Machu Picchu", -13.1631, -72.5450, "Machupicchu, Cuzco Department, Peru", "America/Lima"),
    ("Copacabana", -22.9711, -43.1822, "Copacabana, Rio de Janeiro, Brazil", "America/Sao_Paulo"),
    ("Obelisco", -34.6037, -58.3816, "Buenos Aires, Buenos Aires F.D., Argentina", "America/Argentina/Buenos_Aires"),
    ("Ahu Tongariki", -27.1258, -109.2769, "Hanga Roa, Valparaíso, Chile", "Pacific/Easter"),
    ("Table Mountain", -33.9628, 18.4098, "Cape Town, Western Cape, South Africa", "Africa/Johannesburg"),
    ("Victoria Falls", -17.9243, 25.8572, "Victoria Falls, Matabeleland North, Zimbabwe", "Africa/Harare"),
    ("Timbuktu", 16.7666, -3.0026, "Timbuktu, Tombouctou, Mali", "Africa/Bamako"),
    ("KICC tower", -1.2864, 36.8172, "Nairobi, Nairobi County, Kenya", "Africa/Nairobi"),
    ("Petra", 30.3285, 35.4444, "Wādī Mūsá, Ma’an, Jordan", "Asia/Amman"),
    ("Taj Mahal", 27.1751, 78.0421, "Agra, Uttar Pradesh, India", "Asia/Kolkata"),
    ("Potala", 29.6578, 91.1169, "Lhasa, Tibet, China", "Asia/Shanghai"),
    ("Forbidden City", 39.9163, 116.3972, "Beijing, China", "Asia/Shanghai"),
    ("Taipei 101", 25.0340, 121.5645, "Taipei, Taiwan", "Asia/Taipei"),
    ("Gyeongbokgung", 37.5796, 126.9770, "Seoul, South Korea", "Asia/Seoul"),
    ("Angkor Wat", 13.4125, 103.8670, "Siem Reap, Cambodia", "Asia/Phnom_Penh"),
    ("Marina Bay", 1.2834, 103.8607, "Singapore", "Asia/Singapore"),
    ("Sydney Opera House", -33.8568, 151.2153, "Sydney, New South Wales, Australia", "Australia/Sydney"),
    ("Uluru", -25.3444, 131.0369, "Yulara, Northern Territory, Australia", "Australia/Darwin"),
    ("Stanley", -51.6977, -57.8517, "Stanley, Falkland Islands", "Atlantic/Stanley"),
    ("Saint-Denis", -20.8821, 55.4504, "Saint-Denis, Réunion", "Indian/Reunion"),
    ("Longyearbyen", 78.2232, 15.6267, "Longyearbyen, Svalbard, Svalbard and Jan Mayen", "Arctic/Longyearbyen"),
]
SMALL = [
    ("Saint Peter's", 41.9022, 12.4533, "VA"),
    ("Monte Carlo casino", 43.7392, 7.4283, "MC"),
    ("San Marino", 43.9367, 12.4464, "SM"),
    ("Vaduz", 47.1393, 9.5228, "LI"),
    ("Andorra la Vella", 42.5063, 1.5218, "AD"),
    ("Gibraltar", 36.1408, -5.3536, "GI"),
    ("Ceuta", 35.8894, -5.3213, "ES"),
    ("Kaliningrad", 54.7104, 20.4522, "RU"),
    ("Baarle-Hertog", 51.4404, 4.9290, "BE"),
    ("Baarle-Nassau", 51.4475, 4.9292, "NL"),
    ("Büsingen", 47.6970, 8.6900, "DE"),
    ("Campione", 45.9690, 8.9710, "IT"),
    ("Nahwa", 25.2750, 56.2770, "AE"),
    ("Madha", 25.2830, 56.3350, "OM"),
    ("Funafuti", -8.5243, 179.1942, "TV"),
    ("Cayenne", 4.9372, -52.3260, "GF"),
    ("Pointe-à-Pitre", 16.2411, -61.5331, "GP"),
    ("Fort-de-France", 14.6037, -61.0731, "MQ"),
    ("Mamoudzou", -12.7806, 45.2279, "YT"),
    ("Kralendijk", 12.1507, -68.2767, "BQ"),
    ("Flying Fish Cove", -10.4280, 105.6700, "CX"),
    ("Home Island, Cocos", -12.1180, 96.8960, "CC"),
    ("Jan Mayen", 70.9800, -8.6000, "SJ"),
    ("Kosovo", 42.6629, 21.1655, "XK"),
    ("Llívia", 42.4640, 1.9810, "ES"),
    ("Melilla", 35.2923, -2.9381, "ES"),
    ("Musandam", 26.1799, 56.2477, "OM"),
    ("Oecusse", -9.2000, 124.3500, "TL"),
    ("Cabinda", -5.5500, 12.2000, "AO"),
    ("Nakhchivan", 39.2089, 45.4122, "AZ"),
    ("Anchorage", 61.2181, -149.9003, "US"),
    ("Point Roberts", 48.9850, -123.0700, "US"),
    ("Sokh, Uzbek among Kyrgyz", 39.9600, 71.1300, "UZ"),
    ("Vorukh, Tajik among Kyrgyz", 39.8500, 70.5800, "TJ"),
    ("Temburong", 4.7000, 115.1500, "BN"),
    ("Nauru", -0.5477, 166.9209, "NR"),
    ("Saba", 17.6350, -63.2320, "BQ"),
    ("Atafu, Tokelau", -8.5420, -172.5160, "TK"),
    ("Bouvet", -54.4200, 3.3600, "BV"),
    ("Bear Island", 74.5000, 19.0000, "SJ"),
    ("Mariehamn", 60.0973, 19.9348, "AX"),
    ("Tristan da Cunha", -37.0675, -12.3113, "SH"),
    ("Kiritimati", 1.9860, -157.4750, "KI"),
    ("Midway", 28.2072, -177.3735, "UM"),
    ("Pingelap, an atoll that the borders lack", 6.2059, 160.7033, "FM"),
]


def ask(latitude, longitude, **options):
    (result,) = reverse(places(), [(latitude, longitude)], **options)
    return result


@pytest.mark.parametrize(("latitude", "longitude", "name", "zone"), [row[1:] for row in FAMOUS], ids=[row[0] for row in FAMOUS])
def test_a_famous_place_has_the_name_a_person_would_say(latitude, longitude, name, zone):
    result = ask(latitude, longitude)
    assert (result["display_name"], result["timezone"]) == (name, zone)


def test_the_table_has_fifty_famous_places():
    assert len(FAMOUS) == 50


@pytest.mark.parametrize(("latitude", "longitude", "code"), [row[1:] for row in SMALL], ids=[row[0] for row in SMALL])
def test_exclaves_micro_states_and_overseas_parts_have_their_own_country(latitude, longitude, code):
    assert ask(latitude, longitude)["country_code"] == code


def test_the_name_is_the_place_and_not_the_nearest_hamlet():
    result = ask(35.658, 139.7016)  # Sakuragaokachō is 250 m away
    assert (result["name"], result["distance_km"], result["place"]["id"]) == ("Shibuya", 0.47, "geonames:11808021")


@pytest.mark.parametrize(
    ("latitude", "longitude", "name"),
    [(18.9220, 72.8347, "Mumbai"), (48.1845, 16.3122, "Vienna"), (29.9792, 31.1342, "Giza"), (-22.9519, -43.2105, "Rio de Janeiro")],
    ids=["Gateway of India", "Schönbrunn", "Pyramids", "Christ the Redeemer"],
)
def test_where_no_quarter_or_village_reaches_the_city_around_is_named(latitude, longitude, name):
    assert ask(latitude, longitude)["name"] == name


@pytest.mark.parametrize(
    ("latitude", "longitude", "name"),
    [(35.6586, 139.7454, "Minato City"), (-22.9711, -43.1822, "Copacabana"), (19.4000, -99.0200, "Ciudad Nezahualcoyotl")],
    ids=["Tokyo Tower", "Copacabana", "a city of a million, 11 km from Mexico City's centre"],
)
def test_a_quarter_or_town_within_its_own_reach_is_named_however_large_its_neighbour(latitude, longitude, name):
    assert ask(latitude, longitude)["name"] == name


def test_a_city_of_the_next_region_is_not_named():
    result = ask(40.8320, -73.9720)  # beyond Edgewater's reach; New York City is across the river, and the state's border
    assert (result["name"], result["admin1"]) == ("Edgewater", "New Jersey")


@pytest.mark.parametrize(
    ("latitude", "longitude", "city"),
    [(48.8637, 2.2769, "Paris"), (47.39223, 8.54381, "Zürich"), (45.76124, 4.85184, "Lyon"), (47.52978, 19.08068, "Budapest")],
    ids=["Paris 16 Passy", "Zürich (Kreis 6)", "Lyon 03", "Budapest XIII. kerület"],
)
def test_a_quarter_called_after_its_city_is_the_city(latitude, longitude, city):
    result = ask(latitude, longitude)
    assert (result["name"], result["city"]) == (city, city)


def test_the_city_is_the_one_that_the_place_belongs_to():
    assert ask(35.658, 139.7016)["city"] == "Tokyo"
    assert ask(40.6782, -73.9442)["city"] == "New York City"  # Brooklyn: forty quarters of 15,000 people are nearer
    assert ask(48.8049, 2.1204)["city"] == "Versailles"


def test_a_name_beyond_the_border_is_never_given_however_near():
    result = ask(47.5850, 7.5870)  # Weil am Rhein's shore, 2 km from Basel
    assert result["country_code"] == {"Europe/Berlin": "DE", "Europe/Zurich": "CH", "Europe/Paris": "FR"}[result["timezone"]]


def test_detail_city_names_the_city():
    result = ask(35.658, 139.7016, detail="city")
    assert (result["type"], result["display_name"], result["city"]) == ("city", "Tokyo, Japan", "Tokyo")


def test_detail_city_names_the_place_where_no_city_is_near():
    result = ask(46.0207, 7.7491, detail="city")
    assert (result["type"], result["name"], result["city"]) == ("place", "Zermatt", None)


def test_detail_country_names_the_country_and_keeps_its_time_zone():
    result = ask(35.658, 139.7016, detail="country")
    assert (result["type"], result["display_name"], result["timezone"], result["match"]) == ("country", "Japan", "Asia/Tokyo", "inside")
    assert result["place"] is None
    assert result["admin1"] is None


def test_max_distance_leaves_the_country_where_no_place_is_that_near():
    assert ask(-25.3444, 131.0369, max_distance_km=13)["name"] == "Yulara"
    result = ask(-25.3444, 131.0369, max_distance_km=12)
    assert (result["display_name"], result["match"], result["distance_km"]) == ("Australia", "country_only", None)


@pytest.mark.parametrize(
    ("latitude", "longitude", "name"),
    [
        (-90, 0, "Antarctica"),
        (-77.8419, 166.6863, "Antarctica"),
        (-54.42, 3.36, "Bouvet Island"),
        (10.30, -109.22, "France"),
        (72.58, -38.46, "Greenland"),
    ],
    ids=["south pole", "Ross Island", "Bouvet", "Clipperton, 10,000 km from the next place in France", "Greenland's ice"],
)
def test_where_nobody_lives_the_country_alone_is_named(latitude, longitude, name):
    result = ask(latitude, longitude)
    assert (result["display_name"], result["match"], result["place"], result["timezone"]) == (name, "country_only", None, None)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(-48.8767, -123.3933), (90, 0), (0, 0), (30, -40), (50.2, -0.9), (21.85, 33.7)],
    ids=["Point Nemo", "north pole", "Null Island", "Atlantic", "mid-Channel", "Bir Tawil, nobody's"],
)
def test_where_nothing_is_nothing_is_invented(latitude, longitude):
    assert ask(latitude, longitude) is None


def test_off_the_shore_the_nearest_country_within_twelve_nautical_miles_is_named():
    result = ask(36.9, -8.0)  # off Faro
    assert (result["country_code"], result["match"]) == ("PT", "offshore")
    assert ask(36.75, -8.0) is None


@pytest.mark.parametrize(("latitude", "longitude"), [(-18.5993, -179.9179), (-19.0485, 179.9956)], ids=["Matuku's sea", "Ono-i-Lau's"])
def test_the_nearest_shore_is_found_across_the_date_line(latitude, longitude):
    result = ask(latitude, longitude)
    assert (result["country_code"], result["match"]) == ("FJ", "offshore")


def test_land_on_the_date_line_is_found_on_either_side_of_it():
    assert ask(-16.964, 180)["match"] == ask(-16.786, 180)["match"] == "inside"  # Taveuni, drawn on one side only


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [(43.6799, 7.4597, "MC"), (59.5238, 27.8375, "EE"), (-9.1128, 124.3638, "TL"), (48.9573, -122.8838, "US")],
    ids=["Monaco, not France", "Narva Bay", "Ombai Strait", "Boundary Bay"],
)
def test_between_two_shores_the_nearer_one_counts(latitude, longitude, code):
    assert ask(latitude, longitude)["country_code"] == code


def test_a_degree_of_longitude_is_short_in_the_north():
    # 0.6 degrees off the west coast of Svalbard: 14 km, not 67.
    assert ask(78.0, 12.9)["country_code"] == "SJ"


@pytest.mark.parametrize("longitude", [-180, -90, 0, 90, 180])
def test_at_a_pole_the_longitude_means_nothing(longitude):
    assert ask(-90, longitude)["country_code"] == "AQ"
    assert ask(90, longitude) is None


def test_the_whole_sphere_answers_with_a_country_name_and_zone_or_with_nothing():
    points = [(float(latitude), float(longitude)) for latitude in range(-90, 91, 5) for longitude in range(-180, 181, 5)]
    results = list(reverse(places(), points))
    assert len(results) == len(points)
    named = [result for result in results if result]
    assert 0.25 < len(named) / len(points) < 0.6
    for result in named:
        assert result["display_name"]
        assert result["country"]
        assert len(result["country_code"]) == 2
        assert (result["match"] == "country_only") == (result["place"] is None) == (result["timezone"] is None)
        assert result["place"] is None or 0 <= result["distance_km"] <= 300


@pytest.mark.parametrize("latitude", [-89.9, -16.9, 0, 65.5, 71.2, 89.9])
def test_both_ways_of_writing_the_date_line_answer_alike(latitude):
    assert ask(latitude, 180) == ask(latitude, -180)


def test_repeats_and_empty_parts_are_left_out_of_the_name():
    assert ask(1.2834, 103.8607)["display_name"] == "Singapore"
    assert ask(19.4326, -99.1332)["display_name"] == "Mexico City, Mexico"


def test_one_point_and_ten_thousand_get_the_same_answers():
    points = [row[1:3] for row in FAMOUS + SMALL]
    assert list(reverse(places(), points)) == [ask(*point) for point in points]
