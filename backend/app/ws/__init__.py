"""The WebSocket: its endpoint, and its frames in and out."""
