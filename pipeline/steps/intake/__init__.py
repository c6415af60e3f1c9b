"""What polling and reading are made of: feeds and pages fetched, read in processes of their own, and visited again."""
