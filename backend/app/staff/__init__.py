"""Staff: the people of the company, how they sign in, and what they may do."""
