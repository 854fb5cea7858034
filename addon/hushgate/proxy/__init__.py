"""The proxy: the only package that imports mitmproxy."""

from hushgate.proxy import lean

lean.install()
