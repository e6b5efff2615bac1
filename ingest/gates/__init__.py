"""The gates of a batch: suites of expectations, drift against earlier batches, results, a page."""
