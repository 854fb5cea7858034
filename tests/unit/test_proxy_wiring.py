"""What a gate refuses to start with."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.app import App
from hushgate.errors import ConfigError, StateError
from hushgate.proxy.wiring import open_authority, refuse_open_door
from hushgate.settings import load_settings


def app_of(folder: Path, more: str) -> App:
    config = folder / "hushgate.yaml"
    config.write_text(f"version: 1\nstate: ./state\ndetect: {{ner: off}}\n{more}")
    return App.open(load_settings(config, {}, {}))


@pytest.mark.parametrize(("listen", "open_door"), [("0.0.0.0:8888", True), ("127.0.0.1:8888", False)])
async def test_nobody_has_to_name_himself_where_others_reach_the_gate(
    tmp_path: Path, listen: str, open_door: bool
) -> None:
    app = app_of(tmp_path, f"listen: {listen}\n")
    try:
        if open_door:
            with pytest.raises(StateError, match="no users are configured"):
                refuse_open_door(app)
        else:
            refuse_open_door(app)
    finally:
        await app.close()


async def test_a_host_that_the_ca_may_not_sign_for_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "version: 1\nendpoints:\n"
        "  - {id: acme, hosts: [llm.acme.example], routes: [{path: /v1/chat/completions, format: openai-chat}]}\n"
    )
    app = app_of(tmp_path, "endpoints: [builtin, ./own.yaml]\n")
    try:
        with pytest.raises(ConfigError, match=r"llm\.acme\.example"):
            open_authority(app)
    finally:
        await app.close()
