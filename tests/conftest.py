"""Shared by all tests: how hard Hypothesis tries (`HYPOTHESIS_PROFILE=fast|deep`).

The suite tries the same few examples every time; `scripts/fuzz --profile deep` other ones with each pass.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, settings

from tests.doubles.provider import Provider

_SHARED = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("fast", max_examples=50, derandomize=True, **_SHARED)
settings.register_profile("deep", max_examples=500, **_SHARED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    """A counting, OpenAI-compatible provider over TLS on loopback."""
    async with Provider() as running:
        yield running
