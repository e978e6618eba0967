"""What every test shares: how Hypothesis looks for examples."""

import os

from hypothesis import HealthCheck, settings

# No test asserts how long something takes, so neither does Hypothesis.
settings.register_profile(
    "house", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")

# The commands that tests start should not have to compile everything anew each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

pytest_plugins = ["tests.support.databases"]
