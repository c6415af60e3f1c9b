"""The index in Elasticsearch.

``mappings``   what the indices hold, field by field
``documents``  a document as Elasticsearch keeps it, and back
``server``     the way there: opened when needed, patient
``trouble``    what went wrong, in words
``versions``   aliases over versioned indices, and what each has heard
``writing``    a batch in bulk, each document with its own answer
``searching``  a reader's query as a request, its answer as results
``access``     the role and the API key of least privilege
``index``      all of these as a `SearchIndex`
"""
