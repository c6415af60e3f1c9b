"""tallywire demo"""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import which

import click

from pipeline.cli.common import progress, say


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Folder for the digest, mails, archive and database; replaced if a demo created it.",
)
@click.option(
    "--another-round", is_flag=True, help="Play one more round into a demo, to see what you decided take effect."
)
def demo(out: Path, another_round: bool) -> None:
    """Run a small example newsroom through the whole pipeline.

    The articles are illustrative; nothing leaves this machine.
    """
    from pipeline.demo.play import Told, play, play_another

    if another_round:
        play_another(out, Told(line=say, bar=progress))
        return
    say("A small newsroom, served on this machine and watched as real feeds are. Its articles are illustrative.")
    played = play(out, Told(line=say, bar=progress))
    say("")
    say(f"digest   {played.digest}")
    say(f"mails    {out / 'mail'}/ ({len(played.mails)} .eml files)")
    say(f"archive  {out / 'archive'}/    record  {out / 'tallywire.db'}")
    say("")
    say("Try next:")
    for words in ("serve", "figures list", 'search "returned children"'):
        say(f"  {_called()} {words} --home {out}")
    say("Mute or correct something in the window, then see it take effect:")
    say(f"  {_called()} demo --another-round --out {out}")


def _called() -> str:
    """This command as it was called: bare if the shell finds it, else with its folder."""
    called, found = Path(sys.argv[0]), which("tallywire")
    bare = called.name != "tallywire" or (found is not None and called.exists() and called.samefile(found))
    return "tallywire" if bare else str(called)
