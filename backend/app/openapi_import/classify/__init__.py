"""Classification of operations: access, consent, owner, agent, each with its evidence."""
