"""Tags for pages that show products."""
