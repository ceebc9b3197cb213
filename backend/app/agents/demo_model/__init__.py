"""The built-in model that runs with no key: it matches words to tools, asks for what is missing, and never invents."""
