"""Companies and the people who post and review for them: invited, given a part, listed and removed."""
