"""A batch for the Geocoding API through a real server: with and without a length announced, and nothing of it in the log."""

import json

import pytest
import requests

BATCH = json.dumps({"points": [{"lat": 35.6581234, "lon": 139.7016234}, {"lat": 0, "lon": -139.7016234}]}).encode()


@pytest.fixture(scope="session")
def machines_token(platform):
    return platform.manage("token", "--client", "geocoding-backend").stdout.strip()


@pytest.fixture
def send(platform, machines_token):
    """`send(body)`, of bytes or, in chunks without a Content-Length, of an iterator."""
    headers = {"Authorization": f"Bearer {machines_token}", "Content-Type": "application/json"}
    return lambda body: requests.post(f"{platform.geocoding_api_url}/geocoding/v1/reverse", data=body, headers=headers, timeout=20)


def test_a_stream_is_read_like_a_body_of_known_length(send):
    streamed, whole = send(BATCH[at : at + 10] for at in range(0, len(BATCH), 10)), send(BATCH)
    assert (streamed.status_code, whole.status_code) == (200, 200)
    assert streamed.json() == whole.json()
    assert [row["result"] and row["result"]["name"] for row in streamed.json()["results"]] == ["Shibuya", None]


def test_a_stream_of_more_than_one_megabyte_is_413(send):
    response = send(b" " * 65536 for _ in range(17))
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


def test_no_coordinate_of_a_batch_is_logged(platform, send):
    assert send(BATCH).status_code == 200
    assert send(BATCH.replace(b"35.6581234", b"95.6581234")).status_code == 400
    assert send(BATCH[:-2]).status_code == 400
    log = platform.logs("geocoding_api")
    assert "/geocoding/v1/reverse" in log
    assert "6581234" not in log
    assert "7016234" not in log
