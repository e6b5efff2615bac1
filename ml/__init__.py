"""Models over the feature tables. Reads features.*, appends to ml.*."""
