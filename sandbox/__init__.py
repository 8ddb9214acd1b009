"""A bank to develop, test and demonstrate against: its own process, its own store, reached only over HTTP.

It shares no code and no table with the market, so that whatever the market knows about a payment it has
learnt over the wire, as it would from a real bank. `python -m sandbox` starts it; production never does.
"""
