"""hushgate: a forward proxy that reads, classifies and masks what LLM clients send."""

__version__ = "0.1.0"
