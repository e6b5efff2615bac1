"""Streamlit on our pages: `python -m apps.dashboard run main.py`, with the options of Streamlit.

Streamlit reads a script when the first visitor comes. What the pages stand on takes seconds to
import: here it happens before, while nobody waits.
"""

from __future__ import annotations

import sys

from streamlit.web.cli import main

import apps.dashboard.views.overview  # noqa: F401

if __name__ == "__main__":
    sys.exit(main(prog_name="clientele dashboard"))
