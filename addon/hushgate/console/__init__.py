"""The pages in a browser: reads the ledger for people, on a thread and an event loop of its own."""
