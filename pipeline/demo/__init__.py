"""A small recorded newsroom, played over real HTTP on loopback through the very steps that serve real feeds.

``newsroom``  what the outlets publish, round by round, and the server that serves it
``play``      the rounds, told as they happen

The articles are illustrative. They were written for this demonstration around a real announcement of 2025; outlets,
authors and everything that happens after the first round are invented.
"""
