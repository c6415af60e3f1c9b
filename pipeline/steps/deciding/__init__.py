"""What people decide: topics and feeds they watch, and what they say of figures, series and stories."""
