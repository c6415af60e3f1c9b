"""How what is due reaches people: mails and digests bound to each recipient, channels, and the sign of life."""
