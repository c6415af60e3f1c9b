"""The settings of a deployment, in which several processes must mean the same record."""

from __future__ import annotations

from pipeline.errors import SettingsError
from pipeline.settings import Settings, load_settings


def deployment_settings() -> Settings:
    """The settings of this process.

    Raises SettingsError where they name no record: each part of Airflow would make one of its own in its home, and what
    the triggerer finds would never be read.
    """
    settings = load_settings()
    if settings.database_url is None:
        raise SettingsError(
            "no record is configured",
            where="TALLYWIRE_DATABASE_URL",
            hint="name the same one in the environment of every part of Airflow: triggerer, scheduler and workers; on "
            "one machine sqlite:////absolute/path.db will do for a trial",
        )
    return settings
