"""Companies and the employers who post for them: invited, listed and removed by the coordinators."""
