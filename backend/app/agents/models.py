"""Language models by name: a provider's where a key or an address is set, else the one that needs neither."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

import aiohttp
import structlog
from langchain_core.language_models import BaseChatModel

from app.agents.provider.adaptations import Refused, takes_no_tools
from app.agents.provider.openai_model import QUOTA, StreamingModel
from app.agents.provider.provider_error import ProviderError
from app.agents.provider.transport import Transport
from app.errors import (
    AppError,
    ModelBusy,
    ModelContextExceeded,
    ModelError,
    ModelFiltered,
    ModelKeyRefused,
    ModelNotFound,
    ModelQuotaUsed,
    ModelRefused,
    ModelTakesNoTools,
    ModelTimeout,
    ModelUnavailable,
)

NO_KEY: Final = "none"  # local servers take any key, and some insist on one
CONNECT_SECONDS: Final = 10.0  # a host that doesn't accept by then is down
READY_SECONDS: Final = 2.0  # a readiness probe must answer quickly
READY_FOR_SECONDS: Final = 5.0  # probes come every few seconds; the provider need not see each
DEMO_LABEL: Final = "demo model"  # what people call the model that needs no key
OPENAI_URL: Final = "https://api.openai.com/v1"

log = structlog.get_logger(__name__)


class ModelSource(Protocol):
    """Where an agent's model comes from."""

    def get(self, name: str | None) -> BaseChatModel:
        """Return the model of that name, or the default one."""


class Models:
    """The models that agents speak with, each made once."""

    def __init__(
        self,
        *,
        api_key: str | None,
        base_url: str | None,
        default_model: str,
        timeout_seconds: float,
        headers: Mapping[str, str] | None = None,
        demo: BaseChatModel | None = None,
        refused: Callable[[str], Refused] = lambda _: Refused(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Use the provider at `base_url`, or OpenAI's own with a key; with neither, `demo` answers.

        `refused` gives what a model of that name has refused before, and is told of more.
        """
        self.is_demo = not api_key and not base_url
        self._transport = Transport(
            base_url or OPENAI_URL,
            api_key=api_key or NO_KEY,
            connect_seconds=min(CONNECT_SECONDS, timeout_seconds),
            headers=headers,
        )
        self._default = default_model
        self._timeout = timeout_seconds
        self._clock = clock
        self._demo = demo
        self._refused = refused
        self._made: dict[str, StreamingModel] = {}
        self._ready: tuple[float, bool] | None = None

    @property
    def label(self) -> str:
        """Return what people call the default model."""
        return DEMO_LABEL if self.is_demo else self._default

    def get(self, name: str | None) -> BaseChatModel:
        """Return the model of that name, or the default one; raises `ModelRefused` where none can be had."""
        if self.is_demo:
            if self._demo is None:
                raise ModelRefused(reason="neither a key nor an address is set")
            return self._demo
        wanted = name or self._default
        if wanted not in self._made:
            self._made[wanted] = self._make(wanted)
        return self._made[wanted]

    async def ready(self) -> bool:
        """Say whether the provider can be reached; the answer is kept for some seconds."""
        if self.is_demo:
            return True
        now = self._clock()
        if self._ready is None or now - self._ready[0] >= READY_FOR_SECONDS:
            self._ready = (now, await self._reach())
        return self._ready[1]

    async def aclose(self) -> None:
        """Close the connections to the provider."""
        await self._transport.aclose()

    def _make(self, name: str) -> StreamingModel:
        return StreamingModel(
            model=name,
            transport=self._transport,
            patience_seconds=self._timeout,
            gap_seconds=self._timeout,
            refused=self._refused(name),
        )

    async def _reach(self) -> bool:
        """Ask for the list of models; any answer but a refused key or a server's failure counts."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                status = await self._transport.reach()
        except (aiohttp.ClientError, OSError) as error:
            log.warning("model_not_reachable", error=str(error) or type(error).__name__)
            return False
        reachable = status not in {401, 403} and status < 500  # noqa: PLR2004 - HTTP
        if not reachable:
            log.warning("model_not_ready", status=status)
        return reachable


def explain_model_error(error: BaseException) -> AppError:
    """Return the failure of a provider, or of the way to it, as the product names it."""
    for cause in _causes(error):
        if isinstance(cause, AppError):
            return cause
        kind = _kind(cause)
        if kind is not None:
            return kind(reason=_reason(cause))
    return ModelError(reason=_reason(error))


def _kind(error: BaseException) -> type[ModelError] | None:
    """Name a failure; the order matters, since timeouts are connection errors too."""
    match error:
        case ProviderError():
            return _kind_of_status(error)
        case TimeoutError():
            return ModelTimeout
        case aiohttp.ClientError() | ConnectionError() | json.JSONDecodeError():
            return ModelUnavailable
        case _:
            return None


def _kind_of_status(error: ProviderError) -> type[ModelError]:
    """Name a refusal by its words where these are plain, since providers use the same status for several causes."""
    said = str(error).lower()
    if error.status < 400:  # noqa: PLR2004 - HTTP
        return ModelRefused  # a redirect
    if takes_no_tools(said):
        return ModelTakesNoTools
    if _is_too_long(error):
        return ModelContextExceeded
    if error.status == PAYMENT_REQUIRED or error.code == QUOTA:
        return ModelQuotaUsed
    if any(words in said for words in FILTER_WORDS) and error.status < 500:  # noqa: PLR2004 - HTTP
        return ModelFiltered
    return _KINDS.get(error.status, ModelUnavailable)


def status_of_model_error(error: BaseException) -> int | None:
    """Return what the provider answered, where it answered."""
    return next((cause.status for cause in _causes(error) if isinstance(cause, ProviderError)), None)


def _is_too_long(error: ProviderError) -> bool:
    """Say whether the request was longer than the model, or its server, takes; providers have no common code for it."""
    return error.status == TOO_LARGE or (
        error.status in TOO_LONG_STATUSES and any(words in str(error).lower() for words in TOO_LONG_WORDS)
    )


TOO_LARGE: Final = 413
TOO_LONG_STATUSES: Final = (400, 422, 500)
TOO_LONG_WORDS: Final = (
    "context_length_exceeded",
    "maximum context length",
    "context window",
    "context size",
    "prompt is too long",
    "input is too long",
    "exceed_context_size_error",
)
PAYMENT_REQUIRED: Final = 402
FILTER_WORDS: Final = ("content_filter", "content management policy", "responsibleaipolicyviolation", "safety settings")
_KINDS: Final[Mapping[int, type[ModelError]]] = {
    400: ModelRefused,
    401: ModelKeyRefused,
    403: ModelKeyRefused,
    404: ModelNotFound,
    409: ModelRefused,
    422: ModelRefused,
    429: ModelBusy,
    503: ModelBusy,  # local servers answer it while they load the model
}


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error, and what caused it, outermost first; groups are looked into."""
    seen: set[int] = set()
    pending = [error]
    while pending:
        one = pending.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            pending.extend(one.exceptions)
        pending.extend(cause for cause in (one.__cause__, one.__context__) if cause is not None)


MAX_REASON_CHARS: Final = 500  # of a provider's message, for the log


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:MAX_REASON_CHARS]
