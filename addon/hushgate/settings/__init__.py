"""What a gate is told: file < environment < flags."""

from __future__ import annotations

from .load import load_settings
from .schema import SCHEMA, changed, starter_text, variable
from .values import Approvals, AwsSettings, CaSettings, ClientSettings, DetectSettings, EgressSettings, Limits, Settings

__all__ = [
    "SCHEMA",
    "Approvals",
    "AwsSettings",
    "CaSettings",
    "ClientSettings",
    "DetectSettings",
    "EgressSettings",
    "Limits",
    "Settings",
    "changed",
    "load_settings",
    "starter_text",
    "variable",
]
