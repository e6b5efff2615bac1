"""Pull: what is new in a shop's API or database, extracted by dlt and loaded by our own loader."""
