"""Shared by all tests: how hard Hypothesis tries (`HYPOTHESIS_PROFILE=fast|deep`)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SHARED = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("fast", max_examples=50, **_SHARED)
settings.register_profile("deep", max_examples=5_000, **_SHARED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))
