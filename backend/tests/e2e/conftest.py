"""Fixtures of real processes: a server per test, on a database of its own; behind it a proxy and the demo services."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from app.db.migrations import migrate
from app.db.pool import prepare
from tests.e2e.client import Visitor
from tests.e2e.database import Database
from tests.e2e.provider import speaking
from tests.e2e.server import Backend, Demo, Prefork, free_port
from tests.e2e.tcp_proxy import TcpProxy
from tests.openai_server import OpenAIServer

if TYPE_CHECKING:
    from tests.e2e.client import Visitor as Customer

TEMPLATE = "e2e_template"


@pytest.fixture(scope="session")
def prefork() -> Iterator[Prefork]:
    """What forks the servers."""
    prefork = Prefork()
    yield prefork
    prefork.close()


@pytest.fixture(scope="session")
def demo_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo services, in a process that outlives every server."""
    demo = Demo(tmp_path_factory.mktemp("demo"))
    yield demo
    demo.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def template(server_url: str) -> str:
    """The address of a migrated database that nobody uses, to copy from."""
    connection = await asyncpg.connect(server_url)
    await connection.execute(f"CREATE DATABASE {TEMPLATE}")
    await connection.close()
    await migrate(address_of(server_url, TEMPLATE))
    return server_url


@pytest.fixture
async def database(template: str) -> AsyncIterator[Database]:
    """An empty, migrated database of the test's own."""
    name = f"e2e_{uuid4().hex}"
    admin = await asyncpg.connect(template)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    url = address_of(template, name)
    connection = await asyncpg.connect(url)
    await prepare(connection)
    yield Database(connection, url)
    await connection.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def demo(demo_process: Demo) -> Demo:
    """The demo services as at their first start."""
    await demo_process.reset()
    return demo_process


@dataclass(kw_only=True)
class Deployment:
    """Everything that a test needs to play a conversation."""

    prefork: Prefork
    folder: Path
    database: Database
    demo: Demo
    proxy: TcpProxy
    stack: AsyncExitStack
    environment: dict[str, str] = field(default_factory=dict)
    backends: list[Backend] = field(default_factory=list)

    @property
    def backend(self) -> Backend:
        """The first server, or the only one."""
        return self.backends[0]

    async def add_backend(self, **environment: str) -> Backend:
        """Start one more server on the same database."""
        backend = Backend(
            prefork=self.prefork,
            folder=self.folder / f"backend-{len(self.backends)}",
            environment={
                "DATABASE_URL": self.database.url,
                "DEMO_APIS_URL": self.proxy.url,
                "SECRET_KEY": "a secret key that all of the replicas share",
                **self.environment,
                **environment,
            },
        )
        self.backends.append(backend)
        self.stack.push_async_callback(backend.kill)
        return await backend.start()

    async def visitor(self) -> Customer:
        """Let somebody new arrive."""
        return await self.stack.enter_async_context(Visitor.opened(self.backend.url))

    async def staff(self) -> Customer:
        """Let a member of the support team sign in."""
        staff = await self.visitor()
        await staff.sign_in()
        return staff


@pytest.fixture
def deployment_maker(prefork: Prefork, demo: Demo, database: Database, tmp_path: Path) -> Callable[..., Deployment]:
    """Make a deployment with no server on it yet."""

    def make(stack: AsyncExitStack, proxy: TcpProxy) -> Deployment:
        return Deployment(prefork=prefork, folder=tmp_path, database=database, demo=demo, proxy=proxy, stack=stack)

    return make


@pytest.fixture
async def empty_deployment(deployment_maker: Callable[..., Deployment], demo: Demo) -> AsyncIterator[Deployment]:
    """A deployment on which no server runs yet."""
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(TcpProxy(free_port(), to=demo.port).listening())
        yield deployment_maker(stack, proxy)
    await asyncio.sleep(0)  # lets closed connections be forgotten


@pytest.fixture
async def deployment(empty_deployment: Deployment) -> Deployment:
    """A deployment with one server."""
    await empty_deployment.add_backend()
    return empty_deployment


@pytest.fixture
async def model() -> AsyncIterator[OpenAIServer]:
    """The provider."""
    async with OpenAIServer() as server:
        yield server


@pytest.fixture
async def talking(empty_deployment: Deployment, model: OpenAIServer) -> Deployment:
    """A deployment whose server speaks with that provider."""
    await empty_deployment.add_backend(**speaking(model))
    return empty_deployment


def address_of(server_url: str, database: str) -> str:
    """The address of another database of the same server."""
    base, _, query = server_url.partition("?")
    return f"{base.rpartition('/')[0]}/{database}" + (f"?{query}" if query else "")
