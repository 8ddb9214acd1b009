"""The least a Django project can be, to measure against: a page, a JSON answer, an order in three statements."""
