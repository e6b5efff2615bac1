"""Recommendations: two lists per customer, lists per product, and what a stranger is shown."""
