"""Figures: what numbers an article states (``reading``), and what they say against those before (``following``).

Reading and following are pure functions over the models of ``schemas.figure``; neither knows of the record.
"""
