"""What turns a checkout into a running market on one machine: embedded servers, assets, processes.

Nothing in the market imports this package, and production never runs it.
"""
