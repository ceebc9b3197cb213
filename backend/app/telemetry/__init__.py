"""Telemetry: logs and metrics of the server itself."""
