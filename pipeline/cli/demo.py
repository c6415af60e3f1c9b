"""tallywire demo"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import progress, say
from pipeline.demo.play import Told, play


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Folder for the digest, the mails, the archive and the database; made anew.",
)
def demo(out: Path) -> None:
    """Play a small newsroom over real HTTP through the whole pipeline.

    The articles are illustrative; nothing leaves this machine.
    """
    say("A small newsroom, served on this machine and watched as real feeds are. Its articles are illustrative.")
    played = play(out, Told(line=say, bar=progress))
    say("")
    say(f"digest   {played.digest}")
    say(f"mails    {out / 'mail'}/ ({len(played.mails)} .eml files)")
    say(f"archive  {out / 'archive'}/    record  {out / 'tallywire.db'}")
    say("")
    say("Try next:")
    say(f"  .venv/bin/tallywire figures list --home {out}")
    say(f"  .venv/bin/tallywire stories list --home {out}")
    say(f'  .venv/bin/tallywire search "returned children" --home {out}')
