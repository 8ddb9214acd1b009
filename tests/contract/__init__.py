"""The outside promise, row by row: what programs, people and operators rely on, each with a test named after it."""
