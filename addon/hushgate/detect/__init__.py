"""Detection: which spans of a text are sensitive, and what they are."""
