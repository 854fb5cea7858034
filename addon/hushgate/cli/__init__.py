"""The command line. Each family of commands has a file; what a command needs is imported when it runs."""

from hushgate.cli.main import main

__all__ = ["main"]
