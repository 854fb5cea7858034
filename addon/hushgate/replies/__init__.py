"""The way back: replies restored, read and masked, whole or as they stream."""
