"""Erasing a person from raw tables, and keeping out what arrives of them again."""
