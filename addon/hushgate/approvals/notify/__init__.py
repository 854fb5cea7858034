"""Telling approvers that something waits for them: messages, their forms, links, and what carries them."""
