"""The HTTP API: online predictions, stored ones by key, jobs, and which models are served."""
