"""Client of OpenAI-compatible providers, small local servers included."""
