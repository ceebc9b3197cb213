"""The client of OpenAI-compatible providers, with what small local servers need to be understood."""
