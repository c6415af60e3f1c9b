"""What one turn of the judge decides: copies, stories, developments, figures, verdicts and alerts."""
