"""YAML file that knows on which line everything stands, so that a mistake can be named by file and line."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from app.errors import ConfigMistake

MAX_FILE_BYTES: Final = 512 * 1024  # hundreds of agents with long knowledge; more is some other file
SHOWN_VALUE_CHARS: Final = 60  # enough of a wrong value to recognise it in the file

Loc = tuple[int | str, ...]
Form = TypeVar("Form", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class YamlFile:
    """One file's content as plain values, and the way back from a value to its line."""

    path: Path
    content: CommentedMap

    def at(self, loc: Loc = ()) -> str:
        """Return `file:line` of the value at `loc`, or of the innermost part of it that is there."""
        return f"{shown_path(self.path)}:{_line(self.content, loc)}"

    def mistake(self, loc: Loc, sentence: str) -> ConfigMistake:
        """Make the mistake that says where and what to write instead."""
        where = self.at(loc)
        return ConfigMistake(f"{where}: {sentence}", where=where)

    def parse(self, form: type[Form]) -> Form:
        """Return the content as `form`; raises `ConfigMistake` for the first thing that does not fit."""
        try:
            return form.model_validate(self.content)
        except ValidationError as error:
            # A mistyped key is also missing under its right name; what was written is what is named.
            first = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
            raise self._explain(form, first) from None
        except RecursionError:
            raise self.mistake((), "a value contains itself; write it out without the alias") from None

    def _explain(self, form: type[BaseModel], error: Mapping[str, Any]) -> ConfigMistake:
        loc: Loc = tuple(error["loc"])
        name, kind, value = _name(self.content, loc), error["type"], error["input"]
        if kind == "extra_forbidden":
            known = _keys_at(form, loc[:-1])
            return self.mistake(loc, f'unknown key "{loc[-1]}"; {_suggest(str(loc[-1]), known)}')
        if kind == "missing":
            owner = f"{_name(self.content, loc[:-1])} has" if loc[:-1] else "there is"
            return self.mistake(loc[:-1], f'{owner} no {loc[-1]}; add "{loc[-1]}: ..."')
        if kind in {"literal_error", "enum"}:
            choices = str(error["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
            return self.mistake(loc, f"{name} is {_shown(value)}; write one of: {choices}")
        wanted = _WANTED.get(kind, str(error["msg"]).removeprefix("Value error, "))
        return self.mistake(loc, f"{name} is {_shown(value)}; {wanted}")


_WANTED: Final = {
    "string_type": "write text, in quotes if it looks like a number",
    "string_too_short": "write at least one character",
    "bool_type": "write true or false",
    "list_type": "write a list, one '- item' a line",
    "tuple_type": "write a list, one '- item' a line",
    "dict_type": "write 'key: value' lines",
    "model_type": "write 'key: value' lines",
    "too_short": "write at least one item",
}


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML file whose outermost level is a mapping; raises `ConfigMistake` where that cannot be done."""
    shown = shown_path(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ConfigMistake(f"{shown}: there is no such file; create it or name another one") from None
    except OSError as error:
        raise ConfigMistake(f"{shown}: it cannot be read ({error.strerror}); check its permissions") from None
    if len(raw) > MAX_FILE_BYTES:
        raise ConfigMistake(f"{shown}: it is larger than {MAX_FILE_BYTES // 1024} KB; move long knowledge elsewhere")
    try:
        content = YAML(typ="rt").load(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigMistake(f"{shown}:{line}: it is not UTF-8 text; save it as UTF-8") from None
    except (YAMLError, RecursionError, ValueError) as error:
        raise ConfigMistake(_syntax(shown, error)) from None
    if content is None:
        raise ConfigMistake(f'{shown}:1: the file is empty; write for example "template: e-commerce"')
    if not isinstance(content, CommentedMap):
        raise ConfigMistake(f"{shown}:1: the file is not a mapping; start with 'key: value' lines")
    return YamlFile(path=path, content=content)


def shown_path(path: Path) -> str:
    """Return the path as a person would type it: relative to the current folder where it lies inside it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _syntax(shown: str, error: Exception) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark is not None else 1
    problem = (error.problem if isinstance(error, MarkedYAMLError) else None) or "it cannot be read"
    first = str(problem).splitlines()[0]
    return f"{shown}:{line}: not valid YAML ({first}); check the indentation and quotes on this line and above"


def _line(content: Any, loc: Loc) -> int:
    """Find the line (from 1) of the deepest part of `loc` that exists."""
    line = 0
    for part in loc:
        if isinstance(content, CommentedMap) and part in content:
            line = content.lc.key(part)[0]
            content = content[part]
        elif isinstance(content, CommentedSeq) and isinstance(part, int) and part < len(content):
            line = content.lc.item(part)[0]
            content = content[part]
        else:
            break
    return int(line) + 1


def _name(content: Any, loc: Loc) -> str:
    """Call the value at `loc` what its writer calls it: `tools`, `agent "general"`, `item 2 of examples`."""
    if not loc:
        return "the file"
    last = loc[-1]
    if isinstance(last, str):
        return last
    owner = str(loc[-2]) if len(loc) > 1 else "the list"
    item = content
    for part in loc:
        item = item[part]
    if isinstance(item, Mapping) and isinstance(item.get("name"), str):
        return f'{owner.removesuffix("s")} "{item["name"]}"'
    return f"item {last + 1} of {owner}"


def _keys_at(form: type[BaseModel], loc: Loc) -> list[str]:
    """Return the keys that the form takes at `loc`."""
    for part in loc:
        if part in form.model_fields:
            form = _form_of(form.model_fields[str(part)].annotation) or form
    return list(form.model_fields)


def _form_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if (form := _form_of(inner)) is not None:
            return form
    return None


def _suggest(wrong: str, known: Sequence[str]) -> str:
    if close := did_you_mean(wrong, known):
        return f'did you mean "{close}"?'
    return f"write one of: {', '.join(known)}"


def did_you_mean(wrong: str, known: Iterable[str]) -> str | None:
    """Return the known word that looks most like the wrong one, if any is close."""
    close = difflib.get_close_matches(wrong, list(known), n=1)
    return close[0] if close else None


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN_VALUE_CHARS else text[: SHOWN_VALUE_CHARS - 1] + "…"
