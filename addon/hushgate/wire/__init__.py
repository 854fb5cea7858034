"""Provider formats: a message's body, target and headers to segments, and edits back. Pure."""
