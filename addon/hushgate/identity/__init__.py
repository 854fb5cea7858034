"""Who comes in with something else than a user's own token: tickets, and the signed words of CI systems."""
