"""A sleep for libfaketime 0.9.10, which refuses the call that `time.sleep` makes (see `.ci/test-dates`)."""

import select
import time
from typing import SupportsIndex


def _sleep(seconds: float | SupportsIndex, /) -> None:
    select.select([], [], [], float(seconds))


time.sleep = _sleep
