"""Weeks of news in minutes: whether memory, handles and files of a long run stay bounded.

    python -m tests.soak --weeks 4

One watch goes on over a clock that is moved: reports of events that grow and end, revisions, copies, outages of sites
and mail, feeds that die and come back, the change to summer time, and a clock that is wrong for a day.
"""
