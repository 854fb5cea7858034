"""Masking, restoring, and the placeholders between them. Pure and synchronous."""
