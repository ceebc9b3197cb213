"""Requests for the tests of the client."""

from __future__ import annotations

from app.outgoing.message import OutgoingRequest


def get(url: str, **headers: str) -> OutgoingRequest:
    return OutgoingRequest(method="GET", url=url, headers=headers)


def post(url: str, body: object = None, method: str = "POST") -> OutgoingRequest:
    return OutgoingRequest(method=method, url=url, body=body)
