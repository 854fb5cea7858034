from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
import hushgate.proxy.run
heavy = {"flask", "ldap3", "werkzeug", "numpy", "spacy", "presidio_analyzer", "phonenumbers", "jsonschema", "botocore"}
print(*sorted(heavy & set(sys.modules)))
import mitmproxy.addons
from mitmproxy.addons import core, default_addons
assert mitmproxy.addons.core is core
print(len(default_addons()) > 20, "flask" in sys.modules)
try:
    from mitmproxy.addons import no_such_addon
except ImportError:
    print("refused")
"""


def test_a_gate_loads_no_addon_that_it_has_no_use_for_and_mitmproxy_still_gets_all_of_them() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines() == ["", "True True", "refused"], done.stderr
