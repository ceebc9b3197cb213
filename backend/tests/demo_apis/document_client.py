"""Client by OpenAPI document: it asks by operation id, and checks every response against its schema."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient

import demo_apis
from demo_apis.document import Document, Operation

SERVICES = ("shop", "saas", "bank")


def document(service: str) -> Document:
    """Return a service's document."""
    return Document(Path(demo_apis.__file__).parent / service / "openapi.json")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: Any
    replayed: bool

    @property
    def error(self) -> str:
        """The code of the error that it must be."""
        return str(self.body["error"]["code"])


class DocumentClient:
    """Asks the services as their documents say."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client
        self.documents = {service: document(service) for service in SERVICES}

    def find(self, operation_id: str) -> tuple[str, Operation]:
        """Return the service that documents the operation, and the operation."""
        (found,) = (
            (service, document.operations[operation_id])
            for service, document in self.documents.items()
            if operation_id in document.operations
        )
        return found

    async def ask(
        self, operation_id: str, *, key: str | None = None, raw: bytes | None = None, **values: Any
    ) -> Answer:
        """Send the values where the document puts them (`raw`: a body as it is), and check the answer."""
        service, operation = self.find(operation_id)
        path, query = operation.path, {}
        for parameter in operation.parameters:
            if parameter.place == "path":
                path = path.replace(f"{{{parameter.name}}}", str(values.pop(parameter.name)))
            elif parameter.place == "query" and parameter.name in values:
                query[parameter.name] = str(values.pop(parameter.name))
        if not operation.is_write:
            query |= {name: str(value) for name, value in values.items()}
        async with self.client.request(
            operation.method,
            f"/{service}{path}",
            params=query,
            data=raw or (json.dumps(values).encode() if values and operation.is_write else None),
            headers={} if key is None else {"Idempotency-Key": key},
        ) as response:
            body = json.loads(await response.read())
            answer = Answer(status=response.status, body=body, replayed="Idempotency-Replayed" in response.headers)
        self._check(service, operation, answer)
        return answer

    def _check(self, service: str, operation: Operation, answer: Answer) -> None:
        document = self.documents[service]
        responses = document.content["paths"][operation.path][operation.method.lower()]["responses"]
        assert str(answer.status) in responses, f"{operation.id} answered {answer.status}: {answer.body}"
        response = document.resolve(responses[str(answer.status)])
        document.validator(response["content"]["application/json"]["schema"]).validate(answer.body)
