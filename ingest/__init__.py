"""Landing: files, APIs and databases into the immutable tables of the raw schema."""
