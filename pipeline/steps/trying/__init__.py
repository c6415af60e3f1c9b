"""What a topic would tell: its rules rehearsed, or the topic tried on what the record holds."""
