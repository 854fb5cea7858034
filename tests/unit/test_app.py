"""The composition root: files become a wired gate, or a list of faults."""

from __future__ import annotations

from pathlib import Path
from weakref import ref

import pytest

from hushgate.app import App, new_id, reads_images
from hushgate.detect.engine import Engine
from hushgate.detect.worker_process import Broken
from hushgate.errors import ConfigError, StateError
from hushgate.rulebook import Rules, rule_files
from hushgate.settings import load_settings

BADGE = (
    "version: 1\nrules:\n  - id: acme-badge\n    entity: EMPLOYEE_ID\n    level: confidential\n    category: pii\n"
    "    says: Badge number of an Acme employee\n    pattern: 'AB-[0-9]{6}'\n    boundary: word\n"
    "    match: [badge AB-123456]\n    no_match: [badge AB-12345]\n"
)
COLUMNS = (
    "version: 1\nkind: columns\nclasses: {c: {level: confidential, category: pii}}\n"
    "assets: [{asset: a.b, source: dbt, owner: o, columns: {segment_code: c}}]\n"
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


async def test_rules_that_are_replaced_are_let_go_and_cost_what_is_new_in_them(tmp_path: Path) -> None:
    config = tmp_path / "hushgate.yaml"
    config.write_text(
        "version: 1\nstate: ./state\nrules: [builtin, './own*.yaml']\ncatalog: ['./*columns.yaml']\n"
        "policy: ./policy.yaml\ndetect: {ner: off}\n"
    )
    columns, policy = tmp_path / "columns.yaml", tmp_path / "policy.yaml"
    columns.write_text(COLUMNS)
    policy.write_text("version: 1\nrules: [{id: one, when: {level: confidential}, then: mask}]\n")
    app = App.open(load_settings(config, {}, {}))
    try:
        app.engine.start()
        await app.engine.warm()
        first, patterns = ref(app.engine), app.engine._patterns
        policy.write_text(policy.read_text().replace("one", "two"))
        assert await app.use(Rules.load(app.settings))
        assert app.engine is first(), "the same engine under another policy"

        columns.write_text(COLUMNS.replace("segment_code", "segment_name"))
        assert await app.use(Rules.load(app.settings))
        assert app.engine is not first()
        assert app.engine._patterns._recognizers is patterns._recognizers, "and for another catalog what rules need"
        assert app.engine._patterns._endings is patterns._endings

        (tmp_path / "own.yaml").write_text(BADGE)
        assert await app.use(Rules.load(app.settings))
        own = {one.rule.id: one for one in app.engine._patterns._recognizers._rules}
        assert all(own[one.rule.id] is one for one in patterns._recognizers._rules)
    finally:
        await app.close()


async def test_what_cannot_be_set_up_is_refused_and_leaves_no_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "hushgate.yaml"
    config.write_text("version: 1\nstate: ./state\nrules: [builtin, './own*.yaml']\n")
    app = App.open(load_settings(config, {}, {}))
    closed: list[Engine] = []

    async def broken(_: Engine) -> None:
        raise Broken("its process ended with 1")

    async def close(engine: Engine) -> None:
        closed.append(engine)

    try:
        before = app.rules, app.engine, app.pipeline.rules
        (tmp_path / "own.yaml").write_text(BADGE)
        with monkeypatch.context() as patched:
            patched.setattr(Engine, "take_over", broken)
            patched.setattr(Engine, "close", close)
            with pytest.raises(StateError, match="its process ended with 1"):
                await app.use(Rules.load(app.settings))
        assert (app.rules, app.engine, app.pipeline.rules) == before
        assert len(closed) == 1 and closed[0] is not app.engine
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
