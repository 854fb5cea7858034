"""`mitmdump -s addon/main.py`: the gate inside a stock mitmdump.

`hushgate up` is the production way. Settings come from ./hushgate.yaml, or from
the file named by HUSHGATE_CONFIG.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from hushgate.proxy.script import HushgateScript  # noqa: E402

addons = [HushgateScript()]
