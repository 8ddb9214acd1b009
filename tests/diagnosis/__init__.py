"""The three investigations, on markets that are well and on markets with a fault of each kind."""
