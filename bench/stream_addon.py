"""`mitmdump -s bench/stream_addon.py`: the usual way to stream replies through stock mitmproxy."""

from mitmproxy import http


def responseheaders(flow: http.HTTPFlow) -> None:
    if flow.response:
        flow.response.stream = True
