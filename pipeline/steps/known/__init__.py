"""What the steps read of the record and all work with: news, threads, briefs, decisions in force, and its clock."""
