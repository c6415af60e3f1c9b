"""``python -m pipeline.cli`` is the tallywire command."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
