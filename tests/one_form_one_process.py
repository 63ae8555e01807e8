"""A pytest plugin (`-p tests.one_form_one_process`): of several test processes, one alone starts each form of the platform.

The tests of demo.py stay together too: two demos that start at once would look for free ports at the same moment.
(pytest-xdist's own `--dist loadgroup` reads its groups off test ids, which pytest 9.2 no longer lets it write.)
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.end_to_end.processes import FORMS


class OneFormOneProcess(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist ships no types
    """Every other test goes wherever there is time."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, name = nodeid.partition("::")
        if file.endswith("/test_demo.py"):
            return file
        parameters = name.partition("[")[2]
        return next((form for form in FORMS if form in parameters), nodeid)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneFormOneProcess:
    """Called by pytest-xdist."""
    return OneFormOneProcess(config, log)
