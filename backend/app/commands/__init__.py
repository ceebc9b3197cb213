"""Subcommands of `app.cli`."""
