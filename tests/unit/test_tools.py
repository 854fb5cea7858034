"""Which tools are meant."""

from __future__ import annotations

import pytest

from hushgate.tools import common, means
from hushgate.values import ANY_TOOL, NO_TOOL, Tools

SENDING: Tools = (("send_*", "mail"),)


@pytest.mark.parametrize(
    ("tools", "name", "meant"),
    [
        (ANY_TOOL, "send_mail", True),
        (ANY_TOOL, "", True),
        (NO_TOOL, "send_mail", False),
        (SENDING, "send_mail", True),
        (SENDING, "mail", True),
        (SENDING, "resend_mail", False),
        (SENDING, "", False),
        (common(SENDING, (("*_mail",),)), "send_mail", True),
        (common(SENDING, (("*_mail",),)), "mail", False),
        (common(SENDING, ANY_TOOL), "mail", True),
        (common(SENDING, NO_TOOL), "mail", False),
    ],
)
def test_a_tool_is_meant(tools: Tools, name: str, meant: bool) -> None:
    assert means(tools, name) is meant
