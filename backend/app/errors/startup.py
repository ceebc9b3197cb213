"""Failures that keep a command from starting; the command line prints their sentence and exits."""

from __future__ import annotations

from app.errors.base import AppError


class ConfigMistake(AppError):
    """A configuration file or setting that cannot be used; the message says where and what to write instead."""

    code = "config_mistake"


class CannotStart(AppError):
    """A resource that the server needs did not start."""

    code = "cannot_start"
