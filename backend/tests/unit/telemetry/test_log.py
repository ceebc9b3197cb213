import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from pydantic import SecretStr

from app.telemetry.log import HIDDEN, configure_logging


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def read(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_event_is_one_json_line_for_machines() -> None:
    """JSON lines carry the event, its level, its time and its fields."""
    out = io.StringIO()
    configure_logging(form="json", stream=out)
    structlog.get_logger().info("turn_finished", agent="orders", ms=12)
    (line,) = read(out)
    assert (line["event"], line["level"], line["agent"], line["ms"]) == ("turn_finished", "info", "orders", 12)
    assert str(line["timestamp"]).endswith("Z")


def test_libraries_log_through_the_same_door() -> None:
    """What a library logs with the standard module comes out in the same form."""
    out = io.StringIO()
    configure_logging(form="json", stream=out)
    logging.getLogger("another.package").warning("it %s", "happened", extra={"attempt": 2})
    (line,) = read(out)
    assert (line["event"], line["level"], line["attempt"]) == ("it happened", "warning", 2)


def test_less_important_events_are_left_out() -> None:
    """Below the level nothing is written."""
    out = io.StringIO()
    configure_logging(level="warning", stream=out)
    structlog.get_logger().info("nothing_to_see")
    logging.getLogger("httpx").info("nor here")
    assert out.getvalue() == ""


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_known_secret_never_appears(form: str) -> None:
    """A secret is hidden wherever it turns up: message, field or traceback."""
    out = io.StringIO()
    configure_logging(form="json" if form == "json" else "console", hide=["hunter2hunter2"], stream=out)
    log = structlog.get_logger()
    log.info("connecting to postgresql://me:hunter2hunter2@db", url="x hunter2hunter2 y")
    try:
        raise ValueError("the key hunter2hunter2 is wrong")
    except ValueError:
        log.exception("model_failed")
    assert "hunter2" not in out.getvalue()
    assert out.getvalue().count(HIDDEN) >= 3
    assert "Traceback" in out.getvalue()


def test_fields_named_like_secrets_are_hidden() -> None:
    """A field called password or api_key shows nothing, nor does a SecretStr under any name."""
    out = io.StringIO()
    configure_logging(form="json", stream=out)
    structlog.get_logger().info("connected", password="x", api_key="y", other=SecretStr("visible-if-broken"))
    (line,) = read(out)
    assert (line["password"], line["api_key"]) == (HIDDEN, HIDDEN)
    assert "visible-if-broken" not in out.getvalue()


def test_what_is_bound_once_is_on_every_line() -> None:
    """Ids bound to the context appear without being repeated."""
    out = io.StringIO()
    configure_logging(form="json", stream=out)
    with structlog.contextvars.bound_contextvars(thread_id="t1"):
        structlog.get_logger().info("turn_started")
    assert read(out)[0]["thread_id"] == "t1"
