"""The topic files of a run that goes on: what is changed, added or removed there is taken up while it watches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.collect.logins import Logins
from pipeline.errors import TopicError
from pipeline.record import Record
from pipeline.steps.deciding.enrol import enrol, retire
from pipeline.topics import read_each, read_topics, topic_files
from schemas.topic import Topic


@dataclass(frozen=True)
class Taken:
    """What a look at the files brought: names of topics, and what is wrong with files that weren't so before."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    broken: tuple[TopicError, ...] = ()


class TopicFiles:
    """Topic files and folders of them, as a person named them.

    A file that breaks is told once, and its topic stays as it was last read. Raises TopicError where one is broken from
    the start.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = tuple(paths)
        self._folders = tuple(path for path in paths if path.is_dir())
        self._seen = self._looked = self._signature()
        self._settled = True
        read_topics(paths)
        self._topics, _ = read_each(topic_files(paths))
        self._told: dict[Path, str] = {}

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics as they now count."""
        return tuple(self._topics.values())

    @property
    def named(self) -> bool:
        """Whether any file or folder was named."""
        return bool(self._paths)

    @property
    def waiting(self) -> bool:
        """Whether the last look found something to take."""
        return self._settled and self._looked != self._seen

    def stirred(self) -> bool:
        """Whether the files changed since they were last taken, and did not between this look and the one before: an
        editor may be in the middle of saving."""
        before, self._looked = self._looked, self._signature()
        self._settled = self._looked == before
        return self.waiting

    def take(self, record: Record, logins: Logins) -> Taken:
        """Bring the record in step with the files as they are now."""
        self._seen = self._looked = self._signature()
        if lost := next((folder for folder in self._folders if not folder.is_dir()), None):
            return Taken(broken=self._new_trouble({lost: _gone(lost)}))
        files = [path for path in topic_files(self._paths) if path.exists()]
        found, broken = read_each(files)
        before = {topic.name: topic for topic in self._topics.values()}
        kept = {path: self._topics[path] for path in broken if path in self._topics}
        now = {topic.name: topic for topic in [*kept.values(), *found.values()]}
        new = [topic for name, topic in now.items() if before.get(name) != topic]
        removed = tuple(sorted(before.keys() - now.keys()))
        enrol(record, new, logins)
        retire(record, removed)
        self._topics = kept | found
        return Taken(
            added=tuple(topic.name for topic in new if topic.name not in before),
            changed=tuple(topic.name for topic in new if topic.name in before),
            removed=removed,
            broken=self._new_trouble(broken),
        )

    def _new_trouble(self, broken: dict[Path, TopicError]) -> tuple[TopicError, ...]:
        new = tuple(error for path, error in broken.items() if self._told.get(path) != str(error))
        self._told = {path: str(error) for path, error in broken.items()}
        return new

    def _signature(self) -> object:
        found = []
        for path in topic_files(self._paths):
            try:
                stat = path.stat()
            except OSError:
                found.append((path, 0, 0, 0))
            else:
                found.append((path, stat.st_ino, stat.st_mtime_ns, stat.st_size))
        return found


def _gone(folder: Path) -> TopicError:
    return TopicError("the folder of topic files is gone", where=str(folder), hint="its topics stay as they were")
