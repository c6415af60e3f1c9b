"""``python -m pipeline.cli`` is the tallywire command."""

from pipeline.cli import main

main()
