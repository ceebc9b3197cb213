"""Keyring of the connected APIs: their credentials, sealed when they are entered and opened only to send a request.

Under another SECRET_KEY than they were sealed with they cannot be opened: the API says so until they are entered again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from app.db import apis, live_set, review_log
from app.errors import ApiUnknown, CredentialsUnreadable, SchemeUnknown, SecretBoxMistake
from app.openapi.api import SecurityScheme
from app.tools.credentials import complete

if TYPE_CHECKING:
    from app.access.secret_box import SecretBox
    from app.db.apis import ApiRow, CredentialRow
    from app.db.pool import Connection, Pool
    from app.db.review_log import What


def schemes_of(api: ApiRow) -> dict[str, SecurityScheme]:
    """Return the security schemes of an API, by name."""
    return {one["name"]: SecurityScheme.from_json(one) for one in api.schemes}


class Keyring:
    """Keeps what people enter for an API's security schemes; nothing of it is ever shown again."""

    def __init__(self, *, pool: Pool, secret_box: SecretBox) -> None:
        """Hand in the database and what seals."""
        self._pool = pool
        self._secret_box = secret_box

    async def keep(self, api_id: UUID, scheme: str, entered: Mapping[str, str], *, by: str) -> None:
        """Seal and store what was entered for a scheme; raises `InvalidRequest` naming the field that is wrong."""
        async with self._pool.acquire() as connection, connection.transaction():
            api = await self._api(connection, api_id, scheme)
            values = complete(schemes_of(api)[scheme], entered)
            sealed = self._secret_box.seal(values, about=_about(api_id, scheme))
            if not await apis.seal(connection, api_id=api_id, scheme=scheme, sealed=sealed, by=by):
                raise ApiUnknown
            await self._record(connection, api, "credentials_set", scheme, by)

    async def forget(self, api_id: UUID, scheme: str, *, by: str) -> None:
        """Remove what was entered for a scheme; nothing happens where there was nothing."""
        async with self._pool.acquire() as connection, connection.transaction():
            api = await self._api(connection, api_id, None)
            if await apis.forget_credentials(connection, api_id=api_id, scheme=scheme):
                await self._record(connection, api, "credentials_removed", scheme, by)

    def opened(self, rows: Sequence[CredentialRow]) -> dict[str, dict[str, str]]:
        """Open the credentials of one API, by scheme; raises `CredentialsUnreadable` where the key is another one."""
        try:
            return {row.scheme: self._secret_box.open(row.sealed, about=_about(row.api_id, row.scheme)) for row in rows}
        except SecretBoxMistake:
            raise CredentialsUnreadable from None

    @staticmethod
    async def _api(connection: Connection, api_id: UUID, scheme: str | None) -> ApiRow:
        api = await apis.get(connection, api_id=api_id, lock=True)
        if api is None:
            raise ApiUnknown
        if scheme is not None and scheme not in schemes_of(api):
            raise SchemeUnknown
        return api

    @staticmethod
    async def _record(connection: Connection, api: ApiRow, what: What, scheme: str, by: str) -> None:
        details = {"scheme": scheme}
        await review_log.record(connection, by=by, what=what, api_id=api.id, api_name=api.name, details=details)
        await live_set.changed(connection)


def _about(api_id: UUID, scheme: str) -> str:
    return f"{api_id}/{scheme}"
