"""What is kept: the database, its tables, queries and migrations."""
