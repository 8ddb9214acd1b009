"""Django's way to PostgreSQL, asked less often whether it is there."""
