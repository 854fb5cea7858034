"""What a gate is told: file < environment < flags."""

from __future__ import annotations

from .load import (
    Approvals,
    CaSettings,
    DetectSettings,
    EgressSettings,
    Limits,
    Settings,
    load_settings,
)
from .schema import SCHEMA, changed, starter_text, variable

__all__ = [
    "SCHEMA",
    "Approvals",
    "CaSettings",
    "DetectSettings",
    "EgressSettings",
    "Limits",
    "Settings",
    "changed",
    "load_settings",
    "starter_text",
    "variable",
]
