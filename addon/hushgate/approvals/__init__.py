"""Held requests, who says yes to them, and what a yes covers."""
