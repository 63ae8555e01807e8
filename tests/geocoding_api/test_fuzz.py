"""Requests made up from the OpenAPI document, right and wrong ones: every answer is one that the document promises.

Made by schemathesis, the same ones on every run. For others, and for more of them:
`FUZZ_SEED=7 FUZZ_EXAMPLES=2000 python -m pytest tests/geocoding_api/test_fuzz.py`.
"""

import os
from collections import Counter

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from schemathesis.config import SchemathesisConfig

SEED = os.environ.get("FUZZ_SEED")
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
answers: Counter[int] = Counter()  # what came back, by status: in the end enough of it must be success


@pytest.fixture
def without_database():
    """No look at the connections of tests before, which a request begins and ends with: this API has no database."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(params=["reverse", "reverse_batch"])
def api(request, backend, settings, without_database):
    """The API with one operation, called with a machine's token; the check `ignored_auth` also tries none and wrong ones.

    All checks of schemathesis are on as they come; only the statuses of a refusal are told to one.
    """
    settings.GEOCODING_RATE_LIMIT = 10**9
    request.node._nodeid = request.node.nodeid  # schemathesis 4.32 sets and resets what pytest 9.2 has no longer
    config = {
        **({"seed": int(SEED)} if SEED else {}),
        "generation": {"max-examples": EXAMPLES, "deterministic": SEED is None, "database": "none"},
        "auth": {"openapi": {"geocoding_bearer": {"bearer": backend.token}}},
        "operations": [{"exclude-operation-id": request.param, "enabled": False}],
        "checks": {"negative_data_rejection": {"expected-statuses": ["400", "401", "405", "406", "413", "415"]}},
    }
    answers.clear()
    yield schemathesis.openapi.from_wsgi("/geocoding/v1/schema", WSGIHandler(), config=SchemathesisConfig.from_dict(config))
    print(answers)
    assert answers[200] > EXAMPLES / 10
    assert answers[400] > EXAMPLES / 10


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
def test_every_answer_is_one_that_the_document_promises(case):
    response = case.call_and_validate()
    answers[response.status_code] += 1
