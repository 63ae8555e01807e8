"""Each forgery through `verify()` itself: rejected by the step and with the code that it names (steps 1 to 3)."""

import pytest

from access_tokens import rejections
from access_tokens.conf import expectations
from access_tokens.verify import verify
from forgeries.catalogue import forgeries_for
from tests.forgeries.goods import ANYBODY, good_for_the_calendar, good_for_the_geocoder


def _cases(*steps: int) -> list[object]:
    return [
        pytest.param(make_good, forgery, id=f"{place}: {forgery.id}")
        for place, make_good in (("users' API", good_for_the_calendar), ("machines' API", good_for_the_geocoder))
        for forgery in forgeries_for(make_good(ANYBODY))
        if forgery.step in steps
    ]


@pytest.mark.parametrize("make_good", [good_for_the_calendar, good_for_the_geocoder])
def test_the_good_token_is_accepted(issuer, make_good):
    good = make_good(issuer)
    token = verify(good.token(), expected=expectations(good.audience))
    assert token.claims == good.claims
    assert token.is_machine == (good.caller == "machine")


@pytest.mark.parametrize(("make_good", "forgery"), _cases(1, 2, 3))
def test_a_forgery_is_rejected_by_the_step_it_names(issuer, make_good, forgery):
    good = make_good(issuer)
    with pytest.raises(rejections.InvalidToken) as caught:
        verify(forgery.make(good), expected=expectations(good.audience))
    assert (caught.value.step, caught.value.code) == (forgery.step, forgery.code), caught.value.detail


@pytest.mark.parametrize(("make_good", "forgery"), _cases(4))
def test_a_forgery_of_step_4_passes_the_others_since_only_the_view_can_refuse_it(issuer, make_good, forgery):
    good = make_good(issuer)
    token = verify(forgery.make(good), expected=expectations(good.audience))
    assert not good.scopes_needed <= token.scopes or token.is_machine != (good.caller == "machine")
