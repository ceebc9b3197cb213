"""Prometheus metrics: counts and times, never contents; labels come from short lists, so none can grow without end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)  # from a cached read to a slow model's whole answer
QUICK: Final = (
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
)  # pages and lists: what people wait for without a model


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What waits now in the whole installation; ages in seconds."""

    turns_queued: int
    turns_running: int
    oldest_turn_seconds: float
    approvals_customer: int
    approvals_operator: int
    oldest_approval_seconds: float
    actions_unknown: int
    deliveries_waiting: int
    deliveries_dead: int
    imports_working: int
    imports_failed: int
    model_alerts: int


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
        self.model_failures = self._counter("model_failures", "Calls that a model did not answer.", "model", "code")
        self.model_alerts = self._gauge("model_alerts", "Alerts now: models that do not answer, by cause.")
        self.model_tokens = self._counter("model_tokens", "Tokens of language models.", "model", "kind")
        self.first_token_seconds = self._histogram("first_token_seconds", "The wait for a first token.", "model")
        self.model_cost = self._counter("model_cost_dollars", "What language models cost, where known.", "model")
        self.replies_checked = self._counter("replies_checked", "Turns whose words were checked.", "outcome")
        self.http_requests = self._counter("http_requests", "Requests answered.", "method", "route", "status")
        self.http_seconds = self._histogram("http_seconds", "From a request to its answer.", "route", buckets=QUICK)
        self.database_up = self._gauge("database_up", "Whether the database answered just now.")
        self.turns_waiting = self._gauge("turns_waiting", "Turns now, by state: queued or running.", "state")
        self.oldest_turn_seconds = self._gauge("oldest_turn_seconds", "How long the oldest turn has been queued.")
        self.approvals_waiting = self._gauge("approvals_waiting", "Approvals to be answered.", "audience")
        self.oldest_approval_seconds = self._gauge(
            "oldest_approval_seconds", "How long the oldest approval has been waiting for an operator."
        )
        self.actions_unknown = self._gauge("actions_unknown", "Actions whose outcome a person has to find out.")
        self.deliveries = self._gauge("deliveries", "Escalations to be delivered: waiting or dead.", "state")
        self.imports = self._gauge("imports", "Imports: working, or failed within a day.", "state")
        self.figures_events = self._counter("figures_events", "Events counted in the dashboard's figures.")
        self.figures_waiting = self._gauge("figures_waiting", "Conversations with events that are not counted yet.")
        self.figures_lag_seconds = self._gauge("figures_lag_seconds", "The age of the oldest event not counted yet.")

    def show_backlog(self, backlog: Backlog | None) -> None:
        """Take over what waits now; None: the database did not answer, and nothing is known."""
        self.database_up.set(backlog is not None)
        if backlog is None:
            return
        self.turns_waiting.labels(state="queued").set(backlog.turns_queued)
        self.turns_waiting.labels(state="running").set(backlog.turns_running)
        self.oldest_turn_seconds.set(backlog.oldest_turn_seconds)
        self.approvals_waiting.labels(audience="customer").set(backlog.approvals_customer)
        self.approvals_waiting.labels(audience="operator").set(backlog.approvals_operator)
        self.oldest_approval_seconds.set(backlog.oldest_approval_seconds)
        self.actions_unknown.set(backlog.actions_unknown)
        self.deliveries.labels(state="waiting").set(backlog.deliveries_waiting)
        self.deliveries.labels(state="dead").set(backlog.deliveries_dead)
        self.model_alerts.set(backlog.model_alerts)
        self.imports.labels(state="working").set(backlog.imports_working)
        self.imports.labels(state="failed").set(backlog.imports_failed)

    def render(self) -> bytes:
        """Everything in the form that Prometheus reads, as `CONTENT_TYPE`."""
        return generate_latest(self.registry)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"smart_support_{name}", words, labels, registry=self.registry)

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(f"smart_support_{name}", words, labels, registry=self.registry)

    def _histogram(self, name: str, words: str, *labels: str, buckets: Sequence[float] = SECONDS) -> Histogram:
        return Histogram(f"smart_support_{name}", words, labels, registry=self.registry, buckets=buckets)
