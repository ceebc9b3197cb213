"""Parser of the markup in which models write calls of tools into their text.

Read are plain JSON, Hermes, Qwen-Coder, GLM, Kimi, DeepSeek, Llama, Mistral and harmony. `calls_in` returns nothing for
a text that is anything but calls of known tools; values without a type in the markup get the one their schema says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import orjson

Call = tuple[str, dict[str, Any]]
Schemas = Mapping[str, Mapping[str, Any]]
"""The parameters' schema of each tool, by its name."""

# A text with one of these in it is no sentence to a customer: a call begins here.
MARKS: Final = (
    "<tool_call>",
    "<tool_calls>",
    "<function_call>",
    "<function_calls>",
    "<function=",
    "<|tool_call",
    "<|python_tag|>",
    "<|channel|>commentary to=",
    "<｜tool▁call",
    "[TOOL_CALLS]",
)

_WRAPPING: Final = re.compile(
    r"<\|?/?(?:tool_calls?|function_calls?)\|?>|\[/?TOOL_CALLS\]|<\|python_tag\|>|```(?:json|tool_call|tool_code|xml)?",
    re.IGNORECASE,
)
_FUNCTION: Final = re.compile(r"<function=([\w.-]+)>(.*?)(?:</function>|\Z)", re.DOTALL)
_PARAMETER: Final = re.compile(r"<parameter=([\w.-]+)>\n?(.*?)\n?(?:</parameter>|(?=<parameter=)|\Z)", re.DOTALL)
# A key or a value holds no mark of the next one: what is not closed ends the search there, not at the text's end.
_GLM_ARG: Final = (
    r"<arg_key>{0}[^<]*+{1}</arg_key>\s*+<arg_value>{0}(?:[^<]|<(?!/?arg_(?:key|value)>))*+{1}</arg_value>"
)
_GLM: Final = re.compile(rf"(?<![\w.-])([\w.-]++)\s*+((?:{_GLM_ARG.format('', '')}\s*+)++)")
_GLM_PAIR: Final = re.compile(_GLM_ARG.format("(", ")"))
_KIMI: Final = re.compile(
    r"<\|tool_call_begin\|>\s*(?:functions\.)?([\w-]+)(?::\d+)?\s*<\|tool_call_argument_begin\|>(.*?)<\|tool_call_end\|>",
    re.DOTALL,
)
_DEEPSEEK: Final = re.compile(
    r"<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>)?([\w-]+)(?:<｜tool▁sep｜>|\s)\s*"
    r"(.*?)<｜tool▁call▁end｜>",
    re.DOTALL,
)
_MISTRAL: Final = re.compile(
    r"\[TOOL_CALLS\]\s*([\w-]+)\s*(?:\[CALL_ID\][\w-]*)?\[ARGS\](.*?)(?=\[TOOL_CALLS\]|\Z)",
    re.DOTALL,
)
_HARMONY: Final = re.compile(
    r"to=(?:functions\.)?([\w-]+)(?:(?!to=)[^{])*?<\|message\|>(.*?)(?:<\|call\|>|<\|end\|>|\Z)", re.DOTALL
)
_NAME_KEYS: Final = ("name", "tool", "tool_name", "function")
_ARGS_KEYS: Final = ("arguments", "parameters", "args", "input", "tool_input")


def calls_in(text: str, schemas: Schemas) -> list[Call]:
    """Return the calls that a text consists of; none where it is anything but calls of these tools."""
    for read in _FORMS:
        calls = list(read(text, schemas))
        if calls:
            return calls if all(name in schemas for name, _ in calls) else []
    return []


def _by_pattern(pattern: re.Pattern[str]) -> Callable[[str, Schemas], Iterator[Call]]:
    """Make a reader of a form that writes a name and a JSON object."""

    def read(text: str, _: Schemas) -> Iterator[Call]:
        for name, written in pattern.findall(text):
            arguments = _object(_WRAPPING.sub(" ", written))
            if arguments is not None:
                yield name, arguments

    return read


def _functions(text: str, schemas: Schemas) -> Iterator[Call]:
    """Read `<function=name>` with parameters as elements, or with a JSON object."""
    for name, inner in _FUNCTION.findall(text):
        pairs = _PARAMETER.findall(inner)
        arguments = _typed(pairs, schemas.get(name, {})) if pairs or not inner.strip() else _object(inner)
        if arguments is not None:
            yield name, arguments


def _glm(text: str, schemas: Schemas) -> Iterator[Call]:
    for name, inner in _GLM.findall(_WRAPPING.sub(" ", text)):
        yield name, _typed(_GLM_PAIR.findall(inner), schemas.get(name, {}))


def _json(text: str, _: Schemas) -> Iterator[Call]:
    """Read JSON objects and lists of them, and nothing else beside them."""
    calls: list[Call] = []
    rest = _WRAPPING.sub(" ", text).strip()
    while rest:
        value, rest = _first_value(rest)
        for one in value if isinstance(value, list) else [value]:
            call = _call(one)
            if call is None:
                return
            calls.append(call)
    yield from calls


_FORMS: Final[tuple[Callable[[str, Schemas], Iterator[Call]], ...]] = (
    _by_pattern(_HARMONY),
    _by_pattern(_KIMI),
    _by_pattern(_DEEPSEEK),
    _by_pattern(_MISTRAL),
    _functions,
    _glm,
    _json,
)


def _first_value(text: str) -> tuple[Any, str]:
    """Return the first JSON value of a text and what follows it; no value where it is none."""
    try:
        value, end = json.JSONDecoder().raw_decode(text)  # orjson cannot say where a value ends
    except (ValueError, RecursionError):
        return None, ""
    return value, text[end:].lstrip(" \n\r\t,;")


def _call(value: Any) -> Call | None:
    """Read one call in one of the forms in which models write it as JSON."""
    if not isinstance(value, Mapping):
        return None
    inner = value.get("function")
    if isinstance(inner, Mapping):
        value = inner
    name = next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), None)
    args: Any = next((value[key] for key in _ARGS_KEYS if key in value), {})
    if isinstance(args, str):
        args = _object(args)
    return (name, dict(args)) if name is not None and isinstance(args, Mapping) else None


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = orjson.loads(text.strip() or "{}")
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _typed(pairs: list[tuple[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give each value the type that the schema says; a text stays what it is."""
    properties = schema.get("properties", {})
    return {name.strip(): _value(text.strip(), properties.get(name.strip(), {})) for name, text in pairs}


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    if schema.get("type") == "string":
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def is_like_a_call(text: str) -> bool:
    """Say whether a text is nothing but JSON that names a tool and its arguments, known or not."""
    value, rest = _first_value(_WRAPPING.sub(" ", text).strip())
    one = value[0] if isinstance(value, list) and value else value
    if rest or _call(one) is None:
        return False
    return any(key in one for key in (*_ARGS_KEYS, "function"))
