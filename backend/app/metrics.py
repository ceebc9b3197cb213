"""What Prometheus is told: counts and times, never contents."""

from __future__ import annotations

from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)  # from a cached read to a slow model's whole answer


class Metrics:
    """The counters and histograms of one process, in a registry of their own.

    Labels are few and bounded: agents, models and outcomes; never ids, and no tool names, of which an import may
    bring thousands.
    """

    def __init__(self) -> None:
        """Start at zero."""
        self.registry = CollectorRegistry()
        self.sockets = Gauge("smart_support_sockets", "Open WebSockets.", registry=self.registry)
        self.frames = self._counter("frames", "Frames on WebSockets.", "direction", "type")
        self.turns = self._counter("turns", "Turns that ended.", "outcome")
        self.turn_seconds = self._histogram("turn_seconds", "From a turn's start to its end.", "outcome")
        self.tool_calls = self._counter("tool_calls", "Calls of tools.", "outcome")
        self.tool_seconds = self._histogram("tool_seconds", "From a tool call's start to its result.")
        self.model_calls = self._counter("model_calls", "Calls of language models.", "agent", "model")
        self.model_tokens = self._counter("model_tokens", "Tokens of language models.", "model", "kind")
        self.first_token_seconds = self._histogram("first_token_seconds", "The wait for a first token.", "model")
        self.figures_events = self._counter("figures_events", "Events counted in the dashboard's figures.")
        self.figures_waiting = self._gauge("figures_waiting", "Conversations with events that are not counted yet.")
        self.figures_lag_seconds = self._gauge("figures_lag_seconds", "The age of the oldest event not counted yet.")

    def render(self) -> bytes:
        """Everything in the form that Prometheus reads, as `CONTENT_TYPE`."""
        return generate_latest(self.registry)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"smart_support_{name}", words, labels, registry=self.registry)

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(f"smart_support_{name}", words, labels, registry=self.registry)

    def _histogram(self, name: str, words: str, *labels: str) -> Histogram:
        return Histogram(f"smart_support_{name}", words, labels, registry=self.registry, buckets=SECONDS)
