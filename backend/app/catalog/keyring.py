"""Keyring of the connected APIs: their credentials, sealed when they are entered and opened only to send a request.

Under another SECRET_KEY than they were sealed with they cannot be opened: the API says so until they are entered again.
The origin that they were entered for is sealed with them, and they are sent to no other.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID

from app.db import apis, credentials, live_set, review_log
from app.errors import (
    ApiUnknown,
    BaseUrlMissing,
    CredentialsElsewhere,
    CredentialsUnreadable,
    SchemeTaken,
    SchemeUnknown,
    SecretBoxMistake,
    SignInEnded,
    SignInRefused,
)
from app.openapi.api import SecurityScheme
from app.outgoing.message import NotSent
from app.tools import sign_in
from app.tools.credentials import ORIGIN, complete, origin_of
from app.tools.oauth2 import TOKEN_SECONDS, NotAuthorised, Renewal, TokenAnswer, sealed_tokens

if TYPE_CHECKING:
    from app.access.secret_box import SecretBox
    from app.db.apis import ApiRow
    from app.db.credentials import CredentialRow, SignInRow
    from app.db.pool import Connection, Pool
    from app.db.review_log import What
    from app.outgoing.client import OutgoingClient

RENEWAL_SECONDS: Final = 3 * TOKEN_SECONDS  # a replica that died while it asked gives the right back after it
LOOK_SECONDS: Final = 0.2  # how soon a replica that waits sees what the other one got
MAX_ADDED_SCHEMES: Final = 10  # nobody signs in to one API in more ways


def schemes_of(api: ApiRow) -> dict[str, SecurityScheme]:
    """Return the security schemes of an API, by name: those of its document, and those that people added."""
    return {one["name"]: SecurityScheme.from_json(one) for one in (*api.schemes, *api.added_schemes)}


class Keyring:
    """Keeps what people enter for an API's security schemes; nothing of it is ever shown again."""

    def __init__(
        self, *, pool: Pool, secret_box: SecretBox, http: OutgoingClient, now: Callable[[], float] = time.time
    ) -> None:
        """Hand in the database, what seals, how a provider is asked for tokens, and the clock."""
        self._http = http
        self._pool = pool
        self._secret_box = secret_box
        self._now = now

    async def keep(self, api_id: UUID, scheme: str, entered: Mapping[str, str], *, by: str) -> None:
        """Seal and store what was entered for a scheme; raises `InvalidRequest` naming the field that is wrong."""
        async with self._pool.acquire() as connection, connection.transaction():
            api = await _api(connection, api_id, scheme)
            await self._store(connection, api, scheme, complete(schemes_of(api)[scheme], entered), by)

    async def forget(self, api_id: UUID, scheme: str, *, by: str) -> None:
        """Remove what was entered for a scheme; nothing happens where there was nothing."""
        async with self._pool.acquire() as connection, connection.transaction():
            api = await _api(connection, api_id, None)
            if await credentials.forget(connection, api_id=api_id, scheme=scheme):
                await _record(connection, api, "credentials_removed", scheme, by)

    async def add_scheme(self, api_id: UUID, scheme: SecurityScheme, *, by: str) -> None:
        """Add a way to sign in that the document does not declare; raises `SchemeTaken`."""
        async with self._pool.acquire() as connection, connection.transaction():
            api = await _api(connection, api_id, None)
            if scheme.name in schemes_of(api) or len(api.added_schemes) >= MAX_ADDED_SCHEMES:
                raise SchemeTaken
            await apis.add_schemes(connection, api_id=api_id, schemes=[*api.added_schemes, scheme.to_json()])
            await _record(connection, api, "scheme_added", scheme.name, by)

    async def remove_scheme(self, api_id: UUID, scheme: str, *, by: str) -> None:
        """Remove a way to sign in that a person added, with what was entered for it; raises `SchemeUnknown`."""
        async with self._pool.acquire() as connection, connection.transaction():
            api = await _api(connection, api_id, None)
            kept = [one for one in api.added_schemes if one["name"] != scheme]
            if len(kept) == len(api.added_schemes):
                raise SchemeUnknown("People did not add this scheme: the document declares it, or nobody does.")
            await apis.add_schemes(connection, api_id=api_id, schemes=kept)
            await credentials.forget(connection, api_id=api_id, scheme=scheme)
            await _record(connection, api, "scheme_removed", scheme, by)

    async def begin_sign_in(
        self, api_id: UUID, scheme: str, entered: Mapping[str, str], *, redirect_uri: str, by: str
    ) -> str:
        """Begin a sign-in at the provider and return the address that the person's browser goes to."""
        async with self._pool.acquire() as connection, connection.transaction():
            api = await _api(connection, api_id, scheme)
            begun = sign_in.begin(schemes_of(api)[scheme], entered, redirect_uri=redirect_uri)
            waiting = {**begun.waiting, ORIGIN: _origin(api)}
            await credentials.begin_sign_in(
                connection,
                state=(state := sign_in.digest(begun.state)),
                api_id=api_id,
                scheme=scheme,
                sealed=self._secret_box.seal(waiting, about=f"{_about(api_id, scheme)}/{state.hex()}"),
                by=by,
                seconds=sign_in.SIGN_IN_SECONDS,
            )
        return begun.address

    async def finish_sign_in(self, state: str, code: str, *, by: str) -> SignInRow:
        """Exchange the code that came back for tokens, and keep them; raises `SignInEnded` or `SignInRefused`."""
        hashed = sign_in.digest(state)
        async with self._pool.acquire() as connection:
            row = await credentials.take_sign_in(connection, state=hashed, by=by)
        if row is None:
            raise SignInEnded
        about = f"{_about(row.api_id, row.scheme)}/{hashed.hex()}"
        waiting = self._open(row.sealed, about=about)
        try:
            values = await sign_in.finish(waiting, code, http=self._http, now=self._now())
        except NotSent as error:
            raise SignInRefused(f"{error.message.partition(', so nothing')[0]}. {SignInRefused.sentence}") from None
        async with self._pool.acquire() as connection, connection.transaction():
            api = await _api(connection, row.api_id, row.scheme)
            if values.pop(ORIGIN) != _origin(api):
                raise CredentialsElsewhere(f"The API moved while you signed in for {row.scheme}. Sign in again.")
            await self._store(connection, api, row.scheme, values, by)
        return row

    def opened(self, rows: Sequence[CredentialRow]) -> dict[str, dict[str, str]]:
        """Open the credentials of one API, by scheme; raises `CredentialsUnreadable` where the key is another one."""
        return {row.scheme: self._opened(row) for row in rows}

    def renewal(self, api_id: UUID) -> Renewal:
        """Return what renews the tokens of this API's sign-ins, for every replica at once."""
        return partial(self._renew, api_id)

    async def _renew(
        self, api_id: UUID, scheme: str, seen: str, ask: Callable[[str], Awaitable[TokenAnswer]]
    ) -> Mapping[str, str]:
        until = asyncio.get_running_loop().time() + RENEWAL_SECONDS
        while asyncio.get_running_loop().time() < until:
            async with self._pool.acquire() as connection:
                ours = await credentials.claim_renewal(
                    connection, api_id=api_id, scheme=scheme, seconds=RENEWAL_SECONDS
                )
                rows = await credentials.list_all(connection, api_id=api_id)
            row = next((one for one in rows if one.scheme == scheme), None)
            values = self._opened(row) if row else {}
            if row is None or "access_token" not in values:
                raise NotAuthorised(f"The credentials of {scheme} were replaced meanwhile. Try again.")
            renewed = values["access_token"] != seen
            if ours:
                return values if renewed and await self._end(row) else await self._renewed(row, values, ask)
            if renewed:
                return values
            await asyncio.sleep(LOOK_SECONDS)
        raise NotSent(f"The token for {scheme} could not be renewed in time, so nothing was sent. Try again later.")

    async def _renewed(
        self, row: CredentialRow, values: Mapping[str, str], ask: Callable[[str], Awaitable[TokenAnswer]]
    ) -> Mapping[str, str]:
        try:
            answer = await ask(values["refresh_token"])
        except BaseException:
            await asyncio.shield(self._end(row))
            raise
        made = sealed_tokens(answer, now=self._now(), before=values)
        await self._end(row, self._secret_box.seal(made, about=_about(row.api_id, row.scheme)))
        return made

    async def _end(self, row: CredentialRow, sealed: bytes | None = None) -> bool:
        async with self._pool.acquire() as connection:
            await credentials.end_renewal(
                connection, api_id=row.api_id, scheme=row.scheme, was=row.sealed, sealed=sealed
            )
        return True

    async def _store(
        self, connection: Connection, api: ApiRow, scheme: str, values: Mapping[str, str], by: str
    ) -> None:
        there = _origin(api)
        sealed = self._secret_box.seal({**values, ORIGIN: there}, about=_about(api.id, scheme))
        if not await credentials.seal(connection, api_id=api.id, scheme=scheme, sealed=sealed, origin=there, by=by):
            raise ApiUnknown
        await _record(connection, api, "credentials_set", scheme, by)

    def _opened(self, row: CredentialRow) -> dict[str, str]:
        values = self._open(row.sealed, about=_about(row.api_id, row.scheme))
        return values if row.origin is None else {ORIGIN: row.origin, **values}  # what is sealed is what counts

    def _open(self, sealed: bytes, *, about: str) -> dict[str, str]:
        try:
            return self._secret_box.open(sealed, about=about)
        except SecretBoxMistake:
            raise CredentialsUnreadable from None


def elsewhere(api: ApiRow, values: Mapping[str, Mapping[str, str]]) -> CredentialsElsewhere | None:
    """Say which credentials were entered while the API was at another origin; None where there are none."""
    now = origin_of(api.base_url)
    there = ((name, one[ORIGIN]) for name, one in values.items() if one.get(ORIGIN, now) != now)
    name, was = next(there, ("", ""))
    if not name:
        return None
    return CredentialsElsewhere(
        f"The credentials of {name} were entered for {was}, and the API is at {now} now: "
        "they are not sent there. Enter them again."
    )


def _origin(api: ApiRow) -> str:
    if not api.base_url.startswith(("http://", "https://")):
        raise BaseUrlMissing("Credentials belong to an address. Set the API's address first, then enter them.")
    return origin_of(api.base_url)


async def _api(connection: Connection, api_id: UUID, scheme: str | None) -> ApiRow:
    api = await apis.get(connection, api_id=api_id, lock=True)
    if api is None:
        raise ApiUnknown
    if scheme is not None and scheme not in schemes_of(api):
        raise SchemeUnknown
    return api


async def _record(connection: Connection, api: ApiRow, what: What, scheme: str, by: str) -> None:
    details = {"scheme": scheme}
    await review_log.record(connection, by=by, what=what, api_id=api.id, api_name=api.name, details=details)
    await live_set.changed(connection)


def _about(api_id: UUID, scheme: str) -> str:
    return f"{api_id}/{scheme}"
