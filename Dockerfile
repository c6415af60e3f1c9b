# Airflow and Tallywire in one image, run as the user `airflow` (50000:0).
#
# The slim image brings Airflow itself; everything else comes from the lock with hashes, at the very versions the lock
# names. A tag can be moved: to be sure of the base image, name its digest here (docker buildx imagetools inspect).
FROM apache/airflow:slim-3.3.2-python3.12

USER root
RUN install -d -o airflow -g 0 -m 0775 /var/lib/tallywire /opt/tallywire/topics
USER airflow

COPY --chown=airflow:0 requirements/image.txt /tmp/tallywire/requirements/image.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement /tmp/tallywire/requirements/image.txt

COPY --chown=airflow:0 pyproject.toml README.md LICENSE /tmp/tallywire/
COPY --chown=airflow:0 pipeline /tmp/tallywire/pipeline
COPY --chown=airflow:0 schemas /tmp/tallywire/schemas
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation /tmp/tallywire \
    && rm -rf /tmp/tallywire \
    && pip check \
    && airflow version && tallywire --version

ENV TALLYWIRE_HOME=/var/lib/tallywire
LABEL org.opencontainers.image.title="Tallywire" \
      org.opencontainers.image.description="A news monitor that follows the figures" \
      org.opencontainers.image.licenses="MIT"
