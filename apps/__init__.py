"""What people open: apps read marts and staging and never write to them."""
