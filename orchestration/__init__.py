"""The order of the steps, written once, and the command line that runs them."""
