"""Sales forecasts: the shop, its countries, categories and products, day by day and week by week.

`panel` holds the series, `known` what is known of days to come, `local` and `library` the methods
that look at one series, `learned` those that learn from all, `rolling` what each of them said at
past origins, `choice` which of them a series gets, `intervals` how far off they were, `reconcile`
how parts add up, `recipe` all of it as one artefact, and `task` how it is trained and scored.
"""

from ml.forecast.task import SalesForecast

__all__ = ["SalesForecast"]
