"""A diagnosis as a person or a grader gets it: table, page, results.json, and many files at once."""
