"""The composition root: files become a wired gate, or a list of faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.app import App, new_id, reads_images
from hushgate.errors import ConfigError
from hushgate.rulebook import Rules, rule_files
from hushgate.settings import load_settings

BADGE = (
    "version: 1\nrules:\n  - id: acme-badge\n    entity: EMPLOYEE_ID\n    level: confidential\n    category: pii\n"
    "    says: Badge number of an Acme employee\n    pattern: 'AB-[0-9]{6}'\n    boundary: word\n"
    "    match: [badge AB-123456]\n    no_match: [badge AB-12345]\n"
)


def test_ids_are_unique_and_sort_by_time() -> None:
    made = [new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(len(one) == 21 and one.isalnum() for one in made)


async def test_an_app_opens_on_a_fresh_folder_and_takes_new_rules(tmp_path: Path) -> None:
    config = tmp_path / "hushgate.yaml"
    config.write_text("version: 1\nstate: ./state\nrules: [builtin, './own*.yaml']\ndetect: {ner: off}\n")
    app = App.open(load_settings(config, {}, {}))
    try:
        before = app.engine.revision
        assert not app.users.any
        (tmp_path / "own.yaml").write_text(BADGE)
        assert tmp_path / "own.yaml" in rule_files(app.settings)
        assert await app.use(Rules.load(app.settings))
        assert app.engine.revision != before
        assert app.pipeline.detector is app.engine
        assert [h.entity for h in app.engine.scan_now("badge AB-123456")] == ["EMPLOYEE_ID"]

        engine, rules = app.engine, app.rules
        (tmp_path / "own.yaml").write_text("# a remark\n" + BADGE)
        assert not await app.use(Rules.load(app.settings)), "they say what they said"
        assert app.engine is engine
        assert app.rules is rules
    finally:
        await app.close()


def test_where_ocr_is_asked_for_and_not_installed_nothing_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "hushgate.yaml"
    config.write_text(f"version: 1\nstate: {tmp_path}/state\ndetect: {{ocr: tesseract}}\n", encoding="utf-8")
    settings = load_settings(config, {}, {})
    monkeypatch.setattr("hushgate.app.lacking", lambda: "install it")
    with pytest.raises(ConfigError, match="what reads images is not installed") as caught:
        App.open(settings)
    assert caught.value.faults[0].hint == "install it"
    assert not (tmp_path / "state").exists()
    monkeypatch.setattr("hushgate.app.lacking", lambda: None)
    assert reads_images(settings) is True
    config.write_text("version: 1\n", encoding="utf-8")
    assert reads_images(load_settings(config, {}, {})) is False
