"""DNS resolvers that answer what a test says, and remember what they were asked."""

from __future__ import annotations

import socket
from socket import AF_INET, AF_INET6, AddressFamily

from aiohttp.abc import AbstractResolver, ResolveResult


class FakeResolver(AbstractResolver):
    """A resolver that answers from a list, one list of addresses a look-up."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        self.asked.append(host)
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not addresses:
            raise OSError(None, "no such name")
        return [
            ResolveResult(
                hostname=host,
                host=a,
                port=port,
                family=AF_INET6 if ":" in a else AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for a in addresses
        ]

    async def close(self) -> None:
        pass


class FakeHosts(AbstractResolver):
    """A resolver that knows each name's addresses."""

    def __init__(self, **addresses: list[str]) -> None:
        self._names = {name.replace("_", "."): FakeResolver(found) for name, found in addresses.items()}

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        return await self._names[host].resolve(host, port, family)

    async def close(self) -> None:
        pass
