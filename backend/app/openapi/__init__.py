"""OpenAPI documents, as data: parsed, resolved, and described operation by operation."""
