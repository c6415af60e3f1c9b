"""Tallywire: a news monitor that follows the figures."""

__version__ = "0.1.0"
