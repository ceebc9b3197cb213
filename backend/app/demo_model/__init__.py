"""A deterministic chat model, so that the product runs with no key."""
