"""One module a page; each has `show(filters, bounds)`."""
