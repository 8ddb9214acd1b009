"""The runner and its parts, without the market unless a test asks for it."""
