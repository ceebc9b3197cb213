"""Validation at the door of the REST API: what a client sends becomes typed values, or an error names the field."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from app.api.middleware import MAX_BODY_BYTES
from app.errors import AppError, InvalidRequest, RequestTooLarge
from app.protocol import ThreadId

PAGE_ITEMS: Final = 50  # what a screen shows without being slow
MAX_PAGE_ITEMS: Final = 200  # what a program may fetch at once; more comes in pages
MAX_URL_CHARS: Final = 4_000  # what common servers accept, with room


def _without_login(address: str) -> str:
    if "@" in address.split("/")[2]:
        raise ValueError("an address with a name or password is not taken; enter credentials with the API")
    return address


WebAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_URL_CHARS, pattern=r"^https?://"),
    AfterValidator(_without_login),
]


class Form(BaseModel):
    """What a client sends: nothing that is not declared, and nothing that changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class PageQuery(Form):
    """Which page of a list."""

    cursor: str | None = None
    """Where to go on: `next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_ITEMS)] = PAGE_ITEMS
    """How many at most."""


class View(BaseModel):
    """What a client is sent."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


FormT = TypeVar("FormT", bound=Form)


def answer(data: View, *, exclude_none: bool = False, status: int = 200) -> web.Response:
    """Put the data into the envelope that every answer has."""
    dumped = data.model_dump(mode="json", exclude_none=exclude_none)
    text = json.dumps({"success": True, "data": dumped, "error": None}, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json")


async def answer_aside(make: Callable[[], View]) -> web.Response:
    """Make a large answer in a thread, so that nobody waits for it but its own client."""
    return await asyncio.to_thread(lambda: answer(make()))


async def read_body(request: web.Request, form: type[FormT]) -> FormT:
    """Read the body as one JSON object of this form; raises `InvalidRequest` naming the first wrong field."""
    if request.content_type != "application/json":
        raise InvalidRequest("Send the body as JSON, with the header Content-Type: application/json.", field="body")
    try:
        raw = await request.text()
    except web.HTTPRequestEntityTooLarge:
        raise RequestTooLarge(limit_bytes=MAX_BODY_BYTES) from None
    except (UnicodeDecodeError, LookupError):
        raise InvalidRequest("The body is not text in the encoding that it names. Send UTF-8.", field="body") from None
    try:
        value = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise InvalidRequest("The body is not valid JSON. Send one JSON object.", field="body") from None
    if not isinstance(value, dict):
        raise InvalidRequest("The body has to be one JSON object.", field="body")
    refuse_unstorable(value)
    return validated(form, value)


def read_query(request: web.Request, form: type[FormT]) -> FormT:
    """Read the query as this form; raises `InvalidRequest` naming the first wrong parameter."""
    doubled = next((name for name in request.query if len(request.query.getall(name)) > 1), None)
    if doubled is not None:
        raise InvalidRequest(f"{doubled}: it is given more than once. Give it once.", field=doubled)
    return validated(form, dict(request.query))


def read_id(request: web.Request, name: str, *, unknown: type[AppError]) -> UUID:
    """Read an id from the address; what is none belongs to nothing, so it raises `unknown`."""
    try:
        return UUID(request.match_info[name])
    except ValueError:
        raise unknown from None


def read_thread_id(request: web.Request, *, unknown: type[AppError]) -> str:
    """Read a conversation's id from the address; raises `unknown` where it cannot be one."""
    try:
        return _THREAD_ID.validate_python(request.match_info["thread_id"])
    except ValidationError:
        raise unknown from None


_THREAD_ID: Final[TypeAdapter[str]] = TypeAdapter(ThreadId)


def validated(form: type[FormT], value: dict[str, Any]) -> FormT:
    """Return the value as this form; raises `InvalidRequest` naming the first wrong field."""
    try:
        return form.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        message = first["msg"].removeprefix("Value error, ")
        raise InvalidRequest(f"{field}: {message}.", field=field) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def refuse_unstorable(value: object) -> None:
    """Refuse text that neither PostgreSQL nor UTF-8 can hold: NUL and lone surrogates."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            if "\x00" in item or any("\ud800" <= char <= "\udfff" for char in item):
                raise InvalidRequest("The text contains characters that cannot be stored. Remove them.", field="body")
        elif isinstance(item, dict):
            pending.extend(item)
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
