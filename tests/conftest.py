"""What every test shares: how Hypothesis looks for examples."""

from hypothesis import HealthCheck, settings

# No test asserts how long something takes, so neither does Hypothesis.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

pytest_plugins = ["tests.support.databases"]
