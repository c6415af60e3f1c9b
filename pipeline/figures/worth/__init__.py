"""Worth: how likely a desk wants to hear of a figure at once.

``cues`` describes a figure by what its sentence, its article and the topic so far say of it; ``model`` weighs that.
The weights are fitted on streams that editors labelled (``benchmarks/train_desk.py``) and shipped as data.
"""

from __future__ import annotations

from pipeline.figures.worth.cues import ArticleText, cues_of
from pipeline.figures.worth.model import Trees, worth_model
from pipeline.figures.worth.stream import Stream

__all__ = ["ArticleText", "Stream", "Trees", "cues_of", "worth_model"]
