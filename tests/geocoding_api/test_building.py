"""How the data is built, on small made-up sources."""

import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box

from geocoding_api.geodata.borders import grid_of, islands_left_out, land_by_country, pieces_of
from geocoding_api.geodata.namesakes import called_after_their_city
from geocoding_api.geodata.regions import names_of_regions


def feature(code, geometry, adm0_a3="XXX"):
    return {"ISO_A2_EH": code, "ADM0_A3": adm0_a3}, geometry


def covers(polygons, longitude, latitude):
    return any(polygon.intersects(Point(longitude, latitude)) for polygon in polygons)


def test_overseas_parts_get_the_codes_of_their_own():
    land = land_by_country([feature("FR", MultiPolygon([box(0, 43, 7, 50), box(55.2, -21.4, 55.8, -20.9)]))])
    assert covers(land["RE"], 55.5, -21.1)
    assert not covers(land["FR"], 55.5, -21.1)
    assert covers(land["FR"], 2, 48)


def test_norways_mainland_stays_norway_and_svalbard_does_not():
    land = land_by_country([feature("NO", MultiPolygon([box(25.3, 70.9, 26.2, 71.2), box(15, 77, 20, 79)]))])
    assert covers(land["NO"], 25.7, 71.1)
    assert covers(land["SJ"], 16, 78)


def test_land_without_a_code_is_nobodys_unless_we_know_whose_places_lie_there():
    land = land_by_country([feature("-99", box(33.2, 21.7, 34.1, 22.0), "BRT"), feature("-99", box(33.7, 34.9, 33.9, 35.1), "ESB")])
    assert covers(land[""], 33.5, 21.9)
    assert covers(land["CY"], 33.8, 35)


def test_an_exclave_that_the_borders_lack_is_cut_out_of_its_surroundings():
    land = land_by_country([feature("NL", box(4, 51, 6, 52))])
    assert covers(land["BE"], 4.929, 51.4404)
    assert not covers(land["NL"], 4.929, 51.4404)
    assert covers(land["NL"], 4.95, 51.46)


def test_an_invalid_shape_is_mended_and_keeps_its_land():
    bow_tie = Polygon([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)])
    land = land_by_country([feature("XX", bow_tie)])
    assert all(polygon.is_valid for polygon in land["XX"])
    assert covers(land["XX"], 0.3, 1)
    assert covers(land["XX"], 1.7, 1)


def test_pieces_cover_exactly_the_polygon_without_its_holes():
    ring = Point(10, 50).buffer(5, quad_segs=200).difference(Point(11, 51).buffer(1, quad_segs=50))
    pieces = list(pieces_of(ring))
    assert max(shapely.get_num_coordinates(piece) for piece in pieces) <= 64
    assert not any(piece.interiors for piece in pieces)
    assert shapely.union_all(pieces).symmetric_difference(ring).area < 1e-9


def test_even_a_small_piece_is_cut_where_it_has_a_hole():
    pieces = list(pieces_of(box(0, 0, 8, 8).difference(box(3, 3, 4, 4))))
    assert not any(piece.interiors for piece in pieces)
    assert sum(piece.area for piece in pieces) == 63


def test_a_grid_cell_belongs_to_a_country_only_as_a_whole():
    grid = grid_of({"XX": [box(0.1, 0.1, 1, 1)]}, {"XX": 5})
    assert grid.shape == (720, 1440)
    assert grid[360, 720] == 0  # from 0 to 0.25 degrees: only partly land
    assert grid[361, 721] == 5
    assert (grid == 5).sum() == 9


def test_an_island_that_the_borders_lack_is_a_disc_unless_it_may_be_disputed():
    land = {"FM": [box(150, 5, 151, 6)]}
    at_sea = [
        {"countrycode": "FM", "longitude": 160.7, "latitude": 6.2},
        {"countrycode": "FM", "longitude": 150.5, "latitude": 5.5},
        {"countrycode": "VN", "longitude": 112.3, "latitude": 16.8},
    ]
    ((code, disc),) = islands_left_out(land, at_sea)
    assert code == "FM"
    assert disc.contains(Point(160.7, 6.2))


def test_a_region_is_named_by_the_majority_of_its_places():
    def place(latitude, code="01"):
        return {"countrycode": "XX", "latitude": latitude, "longitude": 0.0, "admin1code": code}

    places = [place(1.0), place(2.0), place(3.0), place(4.0, "02"), place(5.0, "00"), place(9.0)]
    regions = [(("XX", float(n), 0.0), name) for n, name in ((1, "North"), (2, "North"), (3, "Old North"), (4, "South"), (5, "Nowhere"))]
    assert names_of_regions(places, regions) == {("XX", "01"): "North", ("XX", "02"): "South"}


def test_a_tie_between_names_is_settled_the_same_way_in_every_build():
    places = [{"countrycode": "XX", "latitude": float(n), "longitude": 0.0, "admin1code": "01"} for n in (1, 2)]
    regions = [(("XX", 1.0, 0.0), "Zebra"), (("XX", 2.0, 0.0), "Aardvark")]
    assert names_of_regions(places, regions) == {("XX", "01"): "Aardvark"}


PARIS = {"name": "Paris", "countrycode": "FR", "latitude": 48.85, "longitude": 2.35, "population": 2_100_000}


@pytest.mark.parametrize(
    ("differs", "is_part"),
    [
        ({}, True),
        ({"name": "Paris-Plage"}, True),
        ({"name": "Parisot"}, False),
        ({"name": "Paris"}, False),
        ({"name": "Passy"}, False),
        ({"latitude": 49.2}, False),
        ({"countrycode": "US"}, False),
        ({"population": 800_000}, False),
        ({"population": 0}, True),
    ],
    ids=["a part", "hyphen", "within a word", "no more than the name", "another name", "40 km away", "abroad", "too large", "size unknown"],
)
def test_a_place_is_called_after_its_city_when_it_begins_with_its_name_and_lies_in_its_reach(differs, is_part):
    passy = {"name": "Paris 16 Passy", "countrycode": "FR", "latitude": 48.86, "longitude": 2.28, "population": 160_000}
    assert list(called_after_their_city([PARIS, passy | differs])) == [1] * is_part
