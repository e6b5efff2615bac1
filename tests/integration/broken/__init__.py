"""Broken inputs, made by code: what a shop may send by mistake, and how it has to end."""
