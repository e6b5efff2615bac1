"""Speed, measured as ratios to an alternative in the same run."""
