"""Operation of an API as data: everything that reviewing it and carrying it out takes, storable as JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from app.openapi.request import RequestPlan


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something about a document that a reviewer should know: where it is, and what, in plain words."""

    place: str
    message: str

    def to_json(self) -> dict[str, str]:
        """Return it as JSON."""
        return {"place": self.place, "message": self.message}


@dataclass(frozen=True, kw_only=True)
class SecurityNeed:
    """One security scheme that a request must meet, by its name in the document, with the scopes it asks for."""

    scheme: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SecurityScheme:
    """One way in which an API knows who asks.

    `kind` is apiKey, basic, bearer, oauth2 or unsupported; `place` (header, query or cookie) and `parameter` say where
    it goes; `authorization_url` is where a person signs in for OAuth2, `token_url` where its tokens come from; both
    absolute, or empty.
    """

    name: str
    kind: str
    place: str = ""
    parameter: str = ""
    authorization_url: str = ""
    token_url: str = ""
    scopes: tuple[str, ...] = ()
    description: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**asdict(self), "scopes": list(self.scopes)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> SecurityScheme:
        """Read back what `to_json` gave."""
        return cls(**{**stored, "scopes": tuple(stored["scopes"])})


# Alternatives of combinations: any one of them is enough, and each needs all it names. None at all: nothing is needed.
Security = tuple[tuple[SecurityNeed, ...], ...]


@dataclass(frozen=True, kw_only=True)
class ArgumentInfo:
    """One argument as a reviewer sees it. `place` is path, query, querystring, header, cookie, field or body."""

    name: str
    wire_name: str
    place: str
    required: bool
    type: str
    description: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "name": self.name,
            "wire_name": self.wire_name,
            "place": self.place,
            "required": self.required,
            "type": self.type,
            "description": self.description,
        }


@dataclass(frozen=True, kw_only=True)
class OperationDefinition:
    """One operation, self-contained.

    `key` ("POST /orders/{id}/cancel") stays the same when the API is imported again; `name` is a legal name for a
    tool, unique in its API and as stable. `schema` is the full JSON Schema of the arguments, which they are checked
    against; `parameters` the slim one that the model sees; `tokens` estimates what the model is charged for name,
    description and parameters. `security` holds alternatives of combinations. `response` is a slim schema of what it
    answers when it worked.
    """

    key: str
    method: str
    path: str
    operation_id: str
    name: str
    title: str
    summary: str
    description: str
    plan: RequestPlan
    schema: Mapping[str, Any]
    parameters: Mapping[str, Any]
    tokens: int
    tags: tuple[str, ...] = ()
    deprecated: bool = False
    security: Security = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)
    response: Mapping[str, Any] | None = None
    arguments: tuple[ArgumentInfo, ...] = ()
    warnings: tuple[Note, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; what is empty is left out."""
        made: dict[str, Any] = {
            "key": self.key,
            "method": self.method,
            "path": self.path,
            "operation_id": self.operation_id,
            "name": self.name,
            "title": self.title,
            "summary": self.summary,
            "description": self.description,
            "plan": self.plan.to_json(),
            "schema": self.schema,
            "parameters": self.parameters,
            "tokens": self.tokens,
            "tags": list(self.tags),
            "deprecated": self.deprecated,
            "security": [[[need.scheme, *need.scopes] for need in combination] for combination in self.security],
            "extensions": self.extensions,
            "response": self.response,
            "arguments": [argument.to_json() for argument in self.arguments],
            "warnings": [note.to_json() for note in self.warnings],
        }
        return {key: value for key, value in made.items() if value or key in _ALWAYS}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> OperationDefinition:
        """Read back what `to_json` gave."""
        return cls(
            **{key: stored[key] for key in _ALWAYS if key != "plan"},
            plan=RequestPlan.from_json(stored["plan"]),
            tags=tuple(stored.get("tags", ())),
            deprecated=stored.get("deprecated", False),
            security=tuple(
                tuple(SecurityNeed(scheme=need[0], scopes=tuple(need[1:])) for need in combination)
                for combination in stored.get("security", ())
            ),
            extensions=stored.get("extensions", {}),
            response=stored.get("response"),
            arguments=tuple(ArgumentInfo(**argument) for argument in stored.get("arguments", ())),
            warnings=tuple(Note(**note) for note in stored.get("warnings", ())),
        )


_ALWAYS = (
    "key", "method", "path", "operation_id", "name", "title", "summary", "description", "plan", "schema", "parameters",
    "tokens",
)  # fmt: skip


def without(definition: OperationDefinition, names: Collection[str]) -> dict[str, Any]:
    """Return the parameters that the model sees, without these arguments: those that the server fills in."""
    shown = dict(definition.parameters)
    shown["properties"] = {name: schema for name, schema in shown.get("properties", {}).items() if name not in names}
    shown["required"] = [name for name in shown.get("required", []) if name not in names]
    return shown
