"""Stream framings: `feed(bytes) -> frames`, `flush()`. Pure; any chunking gives the same frames."""
