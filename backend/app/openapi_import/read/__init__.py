"""Reading of imported documents, in a process of its own."""
