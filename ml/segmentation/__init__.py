"""Segmentation: groups of customers by behaviour, with ids that outlive a refit.

Algorithms are compared on bootstrap refits and chosen by a rule (`choice.py`); everything that was
compared is stored. See docs/segmentation.md.
"""

from ml.segmentation.choice import SegmentationConfig
from ml.segmentation.task import Segmentation

__all__ = ["Segmentation", "SegmentationConfig"]
