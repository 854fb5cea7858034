"""mitmproxy's addons one by one: its package of them imports all, with Flask, LDAP and more: a third of a start.

From here on `mitmproxy.addons` runs nothing when one of its modules is imported, and its own code when something else
of it is asked for, as mitmweb does.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any, Final

_NAME: Final = "mitmproxy.addons"


class _Package(ModuleType):
    """A package whose own code has not run."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or find_spec(f"{self.__name__}.{name}") is not None:
            raise AttributeError(name)  # An import of a module asks whether it is there; then it is imported.
        object.__setattr__(self, "__class__", ModuleType)
        spec = self.__spec__
        assert spec is not None and spec.loader is not None  # noqa: S101  as it was found
        spec.loader.exec_module(self)
        return getattr(self, name)


def install() -> None:
    """Have addons imported one by one, unless they are there already."""
    import mitmproxy

    if _NAME in sys.modules or (spec := find_spec(_NAME)) is None:
        return
    package = module_from_spec(spec)
    package.__class__ = _Package
    sys.modules[_NAME] = package
    setattr(mitmproxy, "addons", package)  # noqa: B010  which mypy takes for the package
