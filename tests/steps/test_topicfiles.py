"""Topic files that change while a run watches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import TopicError
from pipeline.runner import Runner, Stop
from pipeline.steps.deciding.enrol import enrol
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.deciding.topicfiles import Taken, TopicFiles
from tests.steps.conftest import House, Site


def write(path: Path, name: str, *feeds: str, title: str = "") -> Path:
    path.write_text(f"name: {name}\ntitle: {title!r}\nfeeds: [{', '.join(feeds)}]\n")
    return path


def started(house: House, *paths: Path) -> TopicFiles:
    files = TopicFiles(paths)
    enrol(house.services.record, files.topics, logins_of(house.services))
    return files


def taken(house: House, files: TopicFiles) -> Taken | None:
    """What is taken after two looks, as between two rounds."""
    files.stirred()
    return files.take(house.services.record, logins_of(house.services)) if files.stirred() else None


def watched(house: House) -> dict[str, str]:
    with house.services.record.read() as tx:
        return {topic.name: topic.title for topic in tx.topics.all()}


def test_what_is_edited_added_and_removed_is_taken_up(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "topics"
    folder.mkdir()
    floods, fires = write(folder / "floods.yaml", "floods"), write(folder / "fires.yaml", "fires")
    files = started(house, folder)
    assert taken(house, files) is None
    write(floods, "floods", title="Floods in the valley")
    fires.unlink()
    write(folder / "storms.yml", "storms")
    assert taken(house, files) == Taken(added=("storms",), changed=("floods",), removed=("fires",))
    assert watched(house) == {"floods": "Floods in the valley", "storms": ""}
    assert taken(house, files) is None


def test_a_file_that_breaks_is_told_once_and_its_topic_kept(house: House, tmp_path: Path) -> None:
    floods, fires = write(tmp_path / "floods.yaml", "floods", title="Old"), write(tmp_path / "fires.yaml", "fires")
    files = started(house, floods, fires)
    floods.write_text("name: floods\ntitel: New\n")
    first = taken(house, files)
    assert first is not None
    assert ["did you mean `title`" in str(error) for error in first.broken] == [True]
    write(fires, "fires", title="Fires")
    assert taken(house, files) == Taken(changed=("fires",))
    assert watched(house) == {"floods": "Old", "fires": "Fires"}
    write(floods, "floods", title="New")
    assert taken(house, files) == Taken(changed=("floods",))


def test_a_file_is_taken_once_it_is_left_alone(house: House, tmp_path: Path) -> None:
    floods = write(tmp_path / "floods.yaml", "floods")
    files = started(house, floods)
    floods.write_text("name: fl")
    assert not files.stirred()
    write(floods, "floods", title="Whole")
    assert not files.stirred()
    assert files.stirred()


def test_a_topic_that_is_renamed_in_its_file_is_another_topic(house: House, tmp_path: Path) -> None:
    path = write(tmp_path / "floods.yaml", "floods")
    files = started(house, path)
    write(path, "rivers")
    assert taken(house, files) == Taken(added=("rivers",), removed=("floods",))


def test_a_folder_that_is_gone_takes_no_topic_with_it(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "topics"
    folder.mkdir()
    write(folder / "floods.yaml", "floods")
    files = started(house, folder)
    folder.rename(tmp_path / "elsewhere")
    found = taken(house, files)
    assert found is not None
    assert "the folder of topic files is gone" in str(found.broken[0])
    assert watched(house) == {"floods": ""}
    (tmp_path / "elsewhere").rename(folder)
    assert taken(house, files) == Taken()


def test_a_file_that_is_broken_from_the_start_is_refused(tmp_path: Path) -> None:
    (tmp_path / "floods.yaml").write_text("name: Floods")
    with pytest.raises(TopicError):
        TopicFiles([tmp_path / "floods.yaml"])


def test_a_watch_polls_the_feeds_of_an_edited_file_without_waiting_for_its_next_round(
    house: House, site: Site, tmp_path: Path
) -> None:
    site.publish("flood", "Flood in Tarn", "The river Malva flooded the old town of Tarn on Sunday night.")
    path = write(tmp_path / "floods.yaml", "floods")
    files = started(house, path)
    stop, rounds = Stop(), list[int]()

    def done(one: object) -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            write(path, "floods", site.feed_url)
        else:
            stop.wish()

    def topics() -> set[str]:
        if files.waiting:
            files.take(house.services.record, logins_of(house.services))
        return {topic.name for topic in files.topics}

    # Without the edit the second round would wait for a day.
    patient = house.services.settings.model_copy(update={"poll_every": timedelta(days=1)})
    with Runner(replace(house.services, settings=patient), mailer=house.post, stop=stop) as runner:
        runner.watch(topics=topics, stirred=files.stirred, on_round=done)
    assert "feed" in site.asked
