"""The persistence layer: the database, its tables, queries and migrations."""
