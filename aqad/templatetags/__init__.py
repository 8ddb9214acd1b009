"""Template tags of what stands around every page."""
