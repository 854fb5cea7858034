"""The record: an append-only chain of events, and tables drawn from it."""
