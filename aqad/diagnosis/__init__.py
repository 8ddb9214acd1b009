"""Three investigations of a running market, each measured now: a slow catalogue, people who can't sign in, stock that
does not add up. `manage.py diagnose` prints what they find, the most suspicious first. Nothing is changed.
"""
