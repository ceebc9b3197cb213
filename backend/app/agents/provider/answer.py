"""Answer of a model, put together from its chunks: what a customer may read, whole tool calls, and what it cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from langchain_core.messages import AIMessageChunk
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk

from app.agents.provider.characters import WholeCharacters
from app.agents.provider.completion_chunk import CompletionChunk
from app.agents.provider.marks import SPECIAL_TOKENS, MarkRemover
from app.agents.provider.reasoning import ReasoningFilter
from app.agents.provider.speech import SPEECH, SpeechReader
from app.agents.provider.text_tool_calls import TextToolCalls
from app.agents.provider.tool_call_chunks import ToolCallAssembler
from app.errors import ModelFiltered, ModelUnavailable

MAX_ANSWER_CHARS: Final = 20_000  # several pages; a small model that repeats itself would go on for ever
MAX_THOUGHT_CHARS: Final = 400_000  # beside it; the longest thoughts of large models have a quarter of it
PROVIDER_FIELDS: Final = "provider_fields"  # where a message keeps what only its provider understands
CALL_FIELDS: Final = "call_fields"  # the same of each of its calls, in their order
CUT_OFF: Final = "length"  # the reason to end of an answer that reached the provider's limit, or ours
_CUT: Final = frozenset({"length", "model_length", "max_tokens", "max_output_tokens"})
_FILTERED: Final = frozenset({"content_filter", "sensitive", "safety", "prohibited_content", "blocklist", "recitation"})
_FAILED: Final = frozenset({"error", "abort", "network_error", "insufficient_system_resource"})
_CERTAIN_CHARS: Final = 2  # a second piece that begins with so much of the first one is the text from the beginning
_REPEATED_CHARS: Final = 8  # a last piece that is all of a text as long as this is its repetition


class Answer:
    """One answer as far as it has come. Text is taken as often as one likes; `finish` gives what is left."""

    def __init__(self, tools: Sequence[Mapping[str, Any]], *, starts_thinking: bool = False) -> None:
        """Know the tools that a text may call, and whether this model's answers begin inside a thought."""
        self._calls = ToolCallAssembler()
        self._spoken: dict[int, SpeechReader] = {}
        self._speaker: int | None = None  # the call that has said something last
        self._reasoning = ReasoningFilter(starts_inside=starts_thinking)
        self._text_calls = TextToolCalls(tools)
        self._tokens = MarkRemover(SPECIAL_TOKENS)
        self._characters = WholeCharacters()
        self._raw = ""
        self._thought_chars = 0
        self._pieces = 0
        self._grows = False  # each piece is the text from its beginning
        self._text = ""
        self._extra: dict[str, Any] = {}
        self._usage: UsageMetadata | None = None
        self._finish: str | None = None
        self._model: str | None = None

    @property
    def has_text(self) -> bool:
        """Say whether there is text to take."""
        return bool(self._text)

    @property
    def has_called(self) -> bool:
        """Say whether the answer makes a call, were it only to say something."""
        return bool(self._calls)

    @property
    def is_too_long(self) -> bool:
        """Say whether the answer is as long as one may get."""
        return len(self._raw) > MAX_ANSWER_CHARS or self._thought_chars > MAX_THOUGHT_CHARS

    @property
    def ended_unopened_thought(self) -> bool:
        """Say whether a thought has ended that never began: the prompt has opened it."""
        return self._reasoning.ended_unopened

    def add(self, chunks: Iterable[CompletionChunk]) -> None:
        """Take chunks in."""
        new = "".join([self._added(chunk) for chunk in chunks])
        if new:
            self._text += self._tokens.feed(self._text_calls.feed(self._reasoning.feed(self._characters.feed(new))))

    def _added(self, chunk: CompletionChunk) -> str:
        """Keep what a chunk says beside its text, and return what it adds to the text."""
        self._finish = chunk.finish.lower() if chunk.finish else self._finish
        self._usage = chunk.usage or self._usage  # every report is of the whole, so the last one counts
        self._model = chunk.model or self._model
        if chunk.calls:
            self._calls.add(chunk.calls, chunk.call_extras)
            self._text += self._new_speech(self._calls.so_far())
        for name, value in chunk.extra.items():
            earlier = self._extra.get(name)
            self._extra[name] = earlier + value if isinstance(value, str) and isinstance(earlier, str) else value
            self._thought_chars += len(value) if isinstance(value, str) else 0
        new = self._new_text(chunk) if chunk.text else ""
        self._raw += new
        return "" if self.is_too_long else new

    def take(self) -> ChatGenerationChunk:
        """Return the text that has come since the last time."""
        text, self._text = self._text, ""
        return ChatGenerationChunk(message=AIMessageChunk(content=text))

    def finish(self, *, done: bool) -> ChatGenerationChunk:
        """Return what is left once the stream has ended: the rest of the text, the calls, and the tokens.

        Raises `ModelUnavailable` where neither a reason to end nor the mark of the end has come, and `ModelFiltered`
        where the provider's filter ended the answer.
        """
        if self._finish in _FILTERED:
            raise ModelFiltered
        ended = self._finish or (done and self._holds_anything) or self.is_too_long
        if self._finish in _FAILED or not ended:
            raise ModelUnavailable("The assistant broke off in the middle of its answer. Please try again.")
        self._text += self._tokens.feed(self._text_calls.feed(self._reasoning.flush()))
        calls = list(self._calls.whole(without=SPEECH))
        held, found = self._text_calls.flush(may_be_call=not self._calls)
        text = self._text + self._tokens.feed(held) + self._tokens.flush()
        text += self._new_speech([(call["name"] or "", call["args"] or "") for call in found]) or self._unnamed_speech()
        kept = {PROVIDER_FIELDS: self._extra, CALL_FIELDS: self._calls.extras(without=SPEECH)}
        message = AIMessageChunk(
            content=text,
            tool_call_chunks=calls or [call for call in found if call["name"] not in SPEECH],
            usage_metadata=self._usage,
            additional_kwargs={name: value for name, value in kept.items() if value},
        )
        is_cut = self._finish in _CUT or self.is_too_long
        info = {"finish_reason": CUT_OFF if is_cut else self._finish or "stop"}
        if self._model:
            info["model_name"] = self._model
        return ChatGenerationChunk(message=message, generation_info=info)

    def _new_speech(self, calls: Iterable[tuple[str, str]]) -> str:
        """Return what the calls that say something have come to say since the last time."""
        new = ""
        for place, (name, args) in enumerate(calls):
            if name in SPEECH and (said := self._spoken.setdefault(place, SpeechReader(name)).read(args)):
                apart = self._speaker not in {None, place}
                self._speaker = place
                new += f"\n\n{said}" if apart else said
        return new

    def _unnamed_speech(self) -> str:
        """Return what calls say that have put it under another name."""
        if self._speaker is not None:
            return ""
        calls = list(self._calls.so_far())
        said = (self._spoken[place].unnamed(calls[place][1]) for place in self._spoken if place < len(calls))
        return "\n\n".join(filter(None, said))

    @property
    def _holds_anything(self) -> bool:
        return bool(self._raw or self._calls)

    def _new_text(self, chunk: CompletionChunk) -> str:
        """Return what a chunk adds; some servers send the text from its beginning each time, or again at the end."""
        text = chunk.text
        self._pieces += 1
        if self._pieces == 2:  # noqa: PLR2004 - the first two show which kind of server it is
            self._grows = len(self._raw) >= _CERTAIN_CHARS and len(text) > len(self._raw) and text.startswith(self._raw)
        if self._grows and text.startswith(self._raw):
            return text[len(self._raw) :]
        repeats = bool(chunk.finish) and len(text) >= _REPEATED_CHARS and text == self._raw
        return "" if repeats else text
