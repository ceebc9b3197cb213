"""Refusal store: features that a provider has refused, remembered per address and model for every replica.

A refusal is learned at once in the process that meets it, and by way of the database in the others and after a restart.
Another address or model begins with none. What cannot be stored is logged, and still left out by this process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import structlog

from app.agents.provider.adaptations import Refused
from app.db import model_refusals
from app.errors import ModelTakesNoTools
from app.jobs.poll_loop import PollLoop

if TYPE_CHECKING:
    from app.db.model_refusals import ModelRefusal
    from app.db.pool import Pool

POLL_SECONDS: Final = 60.0  # how soon a change is seen whose notification was lost

log = structlog.get_logger(__name__)

EXPLANATIONS: Final[Mapping[str, str]] = {
    "tools": ModelTakesNoTools.for_staff,
    "tool_choice": (
        "A call of a tool cannot be required, so the model may answer without having looked. A newer server, or a "
        "model that is made for calling tools, takes it."
    ),
    "parallel_calls": ("Whether several tools may be called at once cannot be said. Nothing needs to be done."),
    "system_messages": (
        "Instructions are put at the head of the customer's message, which models obey less. Use a model, or a chat "
        "template, that takes system messages."
    ),
    "schema_keywords": (
        "Tools are described with plain types only, so the model has to mend more of its arguments: they are checked "
        "in full here. Nothing needs to be done."
    ),
    "structured_output": (
        "Answers in a given form are asked for as a call of a tool, which a small model gets wrong more often. A newer "
        "server takes response_format with json_schema."
    ),
    "usage": (
        "Streams report no tokens, so the figures show estimates and costs may be off. A newer server takes "
        "stream_options with include_usage."
    ),
}
"""Meaning of each refusal, with the next step for staff."""
UNEXPLAINED: Final = "Requests go without it."  # an older or newer version has learned it


class ModelRefusals:
    """What the provider at one address has refused, per model; any number of replicas may learn at once."""

    def __init__(self, *, pool: Pool, address: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Know nothing before `begin`."""
        self._pool = pool
        self._address = without_password(address)
        self._now = now
        self._of: dict[str, _Remembered] = {}
        self._loop = PollLoop(self.reload, failed="model_refusals_not_loaded", seconds=POLL_SECONDS)

    def of(self, model: str) -> Refused:
        """Return what is known of a model; what it refuses later is added there."""
        if model not in self._of:
            self._of[model] = _Remembered(self, model)
        return self._of[model]

    def explanation(self, feature: str) -> str:
        """Say what a refusal means, and what staff can do about it."""
        return EXPLANATIONS.get(feature, UNEXPLAINED)

    def on_notify(self, _: str = "") -> None:
        """Load again: a replica has learned or forgotten something."""
        self._loop.wake()

    async def work(self) -> None:
        """Load whenever something changed, until cancelled."""
        await self._loop.work()

    async def reload(self) -> None:
        """Know what the database knows, and nothing else."""
        known: dict[str, set[str]] = defaultdict(set)
        for one in await self.list_known():
            known[one.model].add(one.feature)
        for model in {*known, *self._of}:
            self.of(model).features = known[model]

    async def list_known(self) -> list[ModelRefusal]:
        """List what is known, for people."""
        async with self._pool.acquire() as connection:
            return await model_refusals.list_known(connection, address=self._address)

    async def begin(self, *models: str | None) -> None:
        """Forget what other addresses, and other models than these, have refused, and know the rest."""
        used = [name for name in models if name]
        async with self._pool.acquire() as connection, connection.transaction():
            gone = await model_refusals.forget_others(connection, address=self._address, models=used)
        if gone:
            log.info("model_refusals_forgotten", count=gone)
        await self.reload()

    async def forget(self, model: str | None = None, feature: str | None = None) -> int:
        """Forget all, what a model has refused, or one thing: the next request asks for it again. Returns how many."""
        async with self._pool.acquire() as connection, connection.transaction():
            gone = await model_refusals.forget(connection, address=self._address, model=model, feature=feature)
        await self.reload()
        return gone

    async def learn(self, model: str, feature: str) -> None:
        """Remember a refusal for everybody."""
        log.warning("model_refused_feature", model=model, feature=feature, advice=self.explanation(feature))
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await model_refusals.add(
                    connection, address=self._address, model=model, feature=feature, now=self._now()
                )
        except Exception as error:  # noqa: BLE001 - the answer goes on without it, and this process knows it
            log.warning("model_refusal_not_stored", model=model, feature=feature, reason=str(error))

    async def unlearn(self, model: str, feature: str) -> None:
        """Forget a refusal that is none any more."""
        log.info("model_takes_feature", model=model, feature=feature)
        try:
            await self.forget(model, feature)
        except Exception as error:  # noqa: BLE001 - the same
            log.warning("model_refusal_not_stored", model=model, feature=feature, reason=str(error))


class _Remembered(Refused):
    """What one model has refused, kept in the database."""

    def __init__(self, refusals: ModelRefusals, model: str) -> None:
        super().__init__()
        self._refusals = refusals
        self._model = model

    async def add(self, feature: str) -> None:
        if feature in self.features:
            return
        await super().add(feature)
        await self._refusals.learn(self._model, feature)

    async def discard(self, feature: str) -> None:
        if feature not in self.features:
            return
        await super().discard(feature)
        await self._refusals.unlearn(self._model, feature)


def without_password(address: str) -> str:
    """Return an address without the name and password that may stand in it."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
