"""The topic files that can't be read, shown by Airflow as errors of this file. It holds no DAG, so no other suffers: a
broken topic is watched on as it was last read, without digests, until its file is mended.
"""

from pipeline.airflow.wiring import topics_here
from pipeline.errors import TopicError

_, broken = topics_here()

if broken:
    raise TopicError("\n".join(str(error) for error in broken))
