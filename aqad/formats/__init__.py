"""How times and numbers are written: the same shape in both languages, as the `when` and `aed` of the pages have it."""
