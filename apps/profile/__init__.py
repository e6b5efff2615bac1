"""`clientele profile`: what is in a table, as one page that needs no network."""
