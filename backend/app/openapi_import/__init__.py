"""From somebody's OpenAPI document to tools that a person has reviewed."""
