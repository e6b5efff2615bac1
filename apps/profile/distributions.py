"""Charts and associations of a sample, by skrub's TableReport, as a piece of HTML."""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path

import pandas as pd

MOST_COLUMNS_WITH_CHARTS = 60
SAMPLE_ROWS = 20
STYLE = Path(__file__).parent / "templates" / "charts.css"


def table_report(frame: pd.DataFrame) -> str:
    """Return skrub's report of a frame as HTML that holds its own styles, scripts and pictures.

    Charts and associations are drawn for tables of up to 60 columns; wider ones get the sample rows
    and the statistics.
    """
    # skrub makes a folder for data sets in the user's home as soon as it is imported.
    os.environ.setdefault("SKB_DATA_DIRECTORY", tempfile.gettempdir())
    # Imported here: it brings matplotlib and scikit-learn along, a second or two.
    import matplotlib as mpl  # noqa: PLC0415

    mpl.use("agg")  # there may be no screen
    from skrub import TableReport  # noqa: PLC0415

    is_narrow = frame.shape[1] <= MOST_COLUMNS_WITH_CHARTS
    with warnings.catch_warnings():
        # About fonts and about constant or nearly empty columns, which the page speaks of itself.
        warnings.simplefilter("ignore")
        report = TableReport(
            frame,
            n_rows=SAMPLE_ROWS,
            verbose=0,
            plot_distributions=is_narrow,
            compute_associations=is_narrow,
            open_tab="distributions" if is_narrow else "table",
        )
        snippet = str(report.html_snippet())
    # The report lives in a shadow root, which the styles of a page do not reach. Should a later
    # skrub hold no style, its own looks stay.
    return snippet.replace("</style>", f"{STYLE.read_text('utf-8')}</style>", 1)
