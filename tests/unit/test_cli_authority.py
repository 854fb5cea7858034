from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli_runner import Runner, run

__all__ = ["run"]


def test_path_makes_the_ca_and_names_its_files(run: Runner) -> None:
    bundle, roots = Path(run("ca", "path").out.strip()), Path(run("ca", "path", "--roots").out.strip())
    assert bundle == run.state / "ca" / "ca-bundle.pem"
    assert roots.read_bytes() in bundle.read_bytes()
    assert json.loads(run("ca", "path", "--json").out) == {"path": str(bundle)}


def test_show_and_rotate(run: Runner) -> None:
    before = json.loads(run("ca", "show", "--json").out)
    assert "api.openai.com" in before["permitted"]
    assert len(before["root"]) == 95
    done = run("ca", "rotate")
    assert done.code == 0
    assert "hint: restart the gate" in done.err
    assert done.out.strip() == before["bundle"]
    after = json.loads(run("ca", "show", "--json").out)
    assert after["root"] != before["root"]
    assert [r["root"] for r in after["retired"]] == [before["root"]]
    plain = run("ca", "show").out
    assert f"root SHA-256\t{after['root']}" in plain
    assert f"former root\t{before['root']} until" in plain


def test_a_terminal_is_not_flooded_with_names(run: Runner) -> None:
    run.on_terminal()
    done = run("ca", "show")
    assert len(done.out.splitlines()) < 15
    assert "api.openai.com" not in done.out
    assert "hint: hushgate ca show | cat" in done.err


def test_rotation_takes_in_what_the_configuration_permits(run: Runner) -> None:
    run("ca", "path")
    run.config.write_text("version: 1\nca: {permitted: [llm.corp.example]}\n", encoding="utf-8")
    assert "llm.corp.example" not in run("ca", "show").out
    run("ca", "rotate")
    assert "llm.corp.example" in run("ca", "show").out


def test_an_endpoints_file_does_not_widen_the_ca(run: Runner) -> None:
    own = "version: 1\nendpoints:\n  - {id: corp, hosts: [llm.corp.example]}\n"
    (run.config.parent / "corp.yaml").write_text(own, encoding="utf-8")
    run.config.write_text("version: 1\nendpoints: [builtin, ./corp.yaml]\n", encoding="utf-8")
    for words in (("path",), ("rotate",)):
        run("ca", *words)
        assert "llm.corp.example" not in run("ca", "show").out
    assert "add llm.corp.example to ca.permitted" in run("doctor").out


def test_loose_modes_are_refused(run: Runner) -> None:
    run("ca", "path")
    run.state.chmod(0o755)
    done = run("ca", "show")
    assert done.code == 3
    assert "hint: chmod 700" in done.err
