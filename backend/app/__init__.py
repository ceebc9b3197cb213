"""Smart Support: the action layer of customer support."""

__version__ = "0.1.0"
