"""The house's own tests: what holds for the whole market and not for one app alone."""
