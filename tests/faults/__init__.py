"""The fault laboratory: the running market, hurt on purpose, and looked at from outside afterwards (docs/faults.md)."""
