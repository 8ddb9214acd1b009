"""The bank, tested at its promised interface: real HTTP to a real process, on a store of its own."""
