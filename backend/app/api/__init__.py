"""REST API, one module per noun: its routes and handlers, its views beside it."""
