"""Whatever a server sends as a chunk: it is read, or refused as a failure of the model, and nothing else breaks."""

from __future__ import annotations

import json
from typing import Any

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from app.agents.models import explain_model_error
from app.agents.provider.answer import Answer
from app.agents.provider.completion_chunk import read_chunk
from app.agents.provider.provider_error import ProviderError
from app.errors import ModelError

TOOLS = [{"type": "function", "function": {"name": "get_order", "parameters": {"type": "object"}}}]
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 600) | st.floats(allow_nan=False) | st.text(max_size=8) | st.just("{}"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


def fields(**known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An object whose fields are as they should be, of any other type, or missing."""
    return st.fixed_dictionaries({}, optional={name: one | anything for name, one in known.items()})


function = fields(name=st.sampled_from(["get_order", "get_"]), arguments=st.sampled_from(['{"a":', "1}", "{}"]))
call = fields(index=st.integers(0, 2), id=st.sampled_from(["c1", "c2", 7]), function=function, type=st.just("function"))
delta = fields(
    role=st.just("assistant"),
    content=st.sampled_from(["Hello", "<think>", "</think>", "<tool_call>", "Hello you"]),
    tool_calls=st.lists(call | anything, max_size=2),
    function_call=function,
    reasoning_content=st.text(max_size=4),
    refusal=st.text(max_size=4),
)
counts = st.integers(-5, 10**12)
choice = fields(
    index=st.just(0), delta=delta, message=delta, finish_reason=st.sampled_from(["stop", "length", "error"])
)
chunk = fields(
    id=st.text(max_size=3),
    choices=st.lists(choice | anything, max_size=2),
    usage=fields(prompt_tokens=counts, completion_tokens=counts, total_tokens=counts),
    error=fields(message=st.text(max_size=4), code=st.sampled_from(["429", 503, "invalid_api_key"])),
    model=st.just("m"),
)


@given(st.lists(chunk | anything, max_size=4), st.booleans())
@example([{"choices": [{"delta": "Hello"}]}], True)
@example([{"usage": {"prompt_tokens": "many"}}], True)
@example([{"choices": {"delta": {"content": "Hello"}}}], True)
@example([{"choices": [{"delta": {"tool_calls": 7}}]}], True)
def test_any_chunk_is_read_or_is_a_failure_of_the_model(chunks: list[Any], done: bool) -> None:
    """A field of another type says nothing; an answer of such chunks is an answer, or has a plain cause."""
    answer = Answer(TOOLS)
    failure: BaseException | None = None
    try:
        for one in chunks:
            made = read_chunk(orjson.dumps(one))
            if made is not None:
                answer.add([made])
        answer.finish(done=done)
    except (ModelError, ProviderError, json.JSONDecodeError) as error:
        failure = error
    assert failure is None or isinstance(explain_model_error(failure), ModelError)
