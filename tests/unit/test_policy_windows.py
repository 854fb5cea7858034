"""Times at which a rule applies, and what a host's name tells of its region."""

from __future__ import annotations

from datetime import datetime

import pytest

from hushgate.policy.windows import Window, region


def at(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


@pytest.mark.parametrize(
    ("window", "moment", "holds", "why"),
    [
        ({"days": ["mon", "tue"]}, "2026-11-23T00:00Z", True, "a Monday begins at midnight"),
        ({"days": ["mon", "tue"]}, "2026-11-24T23:59Z", True, "and Tuesday ends with its last minute"),
        ({"days": "mon"}, "2026-11-24T00:00Z", False, "which is another day"),
        ({"from": "08:00", "to": "18:00"}, "2026-11-23T08:00Z", True, "the beginning counts"),
        ({"from": "08:00", "to": "18:00"}, "2026-11-23T18:00Z", False, "the end does not"),
        ({"from": "08:00", "zone": "Europe/Berlin"}, "2026-11-23T07:00Z", True, "eight o'clock in winter"),
        ({"from": "08:00", "zone": "Europe/Berlin"}, "2026-07-20T06:00Z", True, "and in summer"),
        ({"from": "08:00", "zone": "Europe/Berlin"}, "2026-07-20T05:59Z", False, "not a minute earlier"),
        ({"to": "24:00"}, "2026-11-23T23:59Z", True, "a day has no more than that"),
        ({"days": "fri", "from": "22:00", "to": "06:00"}, "2026-11-27T23:00Z", True, "Friday's night"),
        ({"days": "fri", "from": "22:00", "to": "06:00"}, "2026-11-28T05:00Z", True, "is Friday's past midnight"),
        ({"days": "fri", "from": "22:00", "to": "06:00"}, "2026-11-27T05:00Z", False, "and that before is Thursday's"),
    ],
)
def test_a_window(window: dict[str, object], moment: str, holds: bool, why: str) -> None:
    assert Window.read(window).holds(at(moment)) is holds, why


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../etc/passwd", "Berlin"])
def test_a_zone_that_nobody_knows(zone: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Window.read({"zone": zone})


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("bedrock-runtime.eu-west-1.amazonaws.com", "eu-west-1"),
        ("bedrock-runtime.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("europe-west4-aiplatform.googleapis.com", "europe-west4"),
        ("eu.api.openai.com", "eu"),
        ("sg.api.openai.com", "sg"),
        ("aiplatform.eu.rep.googleapis.com", "eu"),
        ("aiplatform.europe-west4.rep.googleapis.com", "europe-west4"),
        ("swedencentral.api.cognitive.microsoft.com", "swedencentral"),
        ("acme-llama.eastus2.models.ai.azure.com", "eastus2"),
        ("eu-de.ml.cloud.ibm.com", "eu-de"),
        ("cn-hongkong.dashscope.aliyuncs.com", "cn-hongkong"),
        ("dashscope-us.aliyuncs.com", "us"),
        ("ark.eu-west.bytepluses.com", "eu-west"),
        ("api.eu.edenai.run", "eu"),
        ("acme.openai.azure.com", ""),
        ("api.openai.com", ""),
        ("aiplatform.googleapis.com", ""),
        ("eu-widgets.example", ""),
    ],
)
def test_a_region(host: str, told: str) -> None:
    assert region(host) == told
