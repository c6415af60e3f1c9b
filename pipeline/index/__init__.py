"""The searchable projection of the record. It can be dropped and rebuilt at any time.

``contract``  what every index does, and how a reader's words are understood
``sqlite``    the embedded index: SQLite FTS5 in a file of its own
``elastic``   the index of a deployment: Elasticsearch, behind aliases
"""
