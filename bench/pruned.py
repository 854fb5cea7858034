"""mitmproxy with nothing but what a proxy needs: the floor that the gate is measured against.

python -m bench.pruned --port 8081 --confdir DIR --upstream-ca FILE
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal

from mitmproxy import http, master, options
from mitmproxy.addons import core, disable_h2c, errorcheck, next_layer, proxyserver, tlsconfig


class StreamReplies:
    """Replies pass chunk by chunk, as the gate's do."""

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        if flow.response:
            flow.response.stream = True


async def serve(port: int, confdir: str, upstream_ca: str) -> None:
    logging.getLogger().setLevel(logging.WARNING)
    opts = options.Options(confdir=confdir, listen_host="127.0.0.1", listen_port=port)
    bare = master.Master(opts)
    bare.addons.add(
        core.Core(),
        disable_h2c.DisableH2C(),
        proxyserver.Proxyserver(),
        next_layer.NextLayer(),
        tlsconfig.TlsConfig(),
        StreamReplies(),
        errorcheck.ErrorCheck(),
    )
    opts.update(ssl_verify_upstream_trusted_ca=upstream_ca, connection_strategy="lazy", upstream_cert=False)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, bare.shutdown)
    await bare.run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--confdir", required=True)
    parser.add_argument("--upstream-ca", required=True)
    given = parser.parse_args()
    asyncio.run(serve(given.port, given.confdir, given.upstream_ca))
