"""Import of an OpenAPI document: read, classified, and reviewed by a person before it becomes tools."""
