"""How Python reaches Postgres: settings, the embedded server, bulk read and write."""
