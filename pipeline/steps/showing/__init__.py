"""What people and programs see of the record: news, briefs, digests, documents, exports, search and explanations."""
