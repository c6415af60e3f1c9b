"""What pages show, as plain data: made from one read transaction, so that templates only show it."""
