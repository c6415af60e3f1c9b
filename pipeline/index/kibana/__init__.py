"""Kibana's views of the index: built from readable sources, brought into Kibana and out of it.

``source/*.yaml`` say what is shown; `pipeline.index.kibana.build` makes of them what Kibana imports, the same bytes
each time; `pipeline.index.kibana.client` speaks to a running Kibana.
"""
