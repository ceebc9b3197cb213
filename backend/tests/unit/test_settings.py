import os
import re
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.errors import CannotStart, ConfigMistake
from app.settings import PROJECT, Settings, load_settings, secret_key

EXAMPLE = (PROJECT / ".env.example").read_text()
EXAMPLES = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
FIELDS = {name.upper() for name in Settings.model_fields}
OF_COMPOSE = {"POSTGRES_PASSWORD", "PUBLISH", "OUTER_PROXIES"}


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FIELDS:
        monkeypatch.delenv(name, raising=False)


def load(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_settings(env_file=None)


def test_every_setting_is_in_the_example_and_nothing_else_is() -> None:
    """.env.example names exactly the settings, and what docker compose alone reads."""
    assert set(EXAMPLES) == FIELDS | OF_COMPOSE


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uncommenting every line of .env.example changes nothing."""
    monkeypatch.chdir(PROJECT)
    assert load(monkeypatch, **EXAMPLES) == Settings()


def test_every_setting_is_described_in_the_example_with_its_own_words() -> None:
    """What .env.example says of a setting begins with the sentence that stands in the code."""
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.split(":")[0].split(".")[0].replace("\n", " ") in EXAMPLE, name


def test_only_the_settings_module_reads_the_environment() -> None:
    """No other module mentions os.environ or os.getenv."""
    readers = {
        path.name
        for path in (PROJECT / "backend" / "app").rglob("*.py")
        if re.search(r"os\.environ|os\.getenv", path.read_text())
    }
    assert readers <= {"settings.py"}


def test_settings_cannot_be_changed() -> None:
    """Assigning to a setting fails."""
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]


def test_secrets_are_hidden_when_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The repr of the settings holds none of their secrets, and `secrets()` holds them all."""
    secrets = {
        "ADMIN_KEY": "admin-key-admin-key",
        "OPENAI_API_KEY": "sk-visible",
        "SECRET_KEY": "s" * 40,
        "DATABASE_URL": "postgresql://me:hidden@db/x",
    }
    settings = load(monkeypatch, **secrets, OPENAI_HEADERS='{"X-Gateway": "gateway-secret"}')
    for value in (*secrets.values(), "gateway-secret"):
        assert value not in repr(settings)
        assert value in settings.secrets()


def test_a_copy_of_the_example_with_empty_values_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty value is the same as none."""
    assert load(monkeypatch, OPENAI_API_KEY="", PORT="").openai_api_key is None


def test_the_env_file_is_read(tmp_path: Path) -> None:
    """A value in the .env file is used, and names that are not ours are left alone."""
    (tmp_path / ".env").write_text("PORT=9000\nPOSTGRES_PASSWORD=x\n")
    assert load_settings(tmp_path / ".env").port == 9000


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spaces around the parts of a list, and empty parts, do not matter."""
    settings = load(
        monkeypatch,
        ALLOWED_ORIGINS="https://a.example, https://b.example,",
        TRUSTED_PROXIES="127.0.0.1,10.0.0.0/8",
        OUTGOING_ALLOW="crm.internal:8443",
    )
    assert settings.allowed_origins == ("https://a.example", "https://b.example")
    assert [str(network) for network in settings.trusted_proxies] == ["127.0.0.1/32", "10.0.0.0/8"]
    assert settings.outgoing_allow == ("crm.internal:8443",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("DATABASE_URL", "mysql://x:geheim@y/z"),
        ("OPENAI_BASE_URL", "localhost:11434"),
        ("ADMIN_KEY", "geheim"),
        ("SECRET_KEY", "geheim"),
        ("TRUSTED_PROXIES", "the proxy"),
        ("LOG_LEVEL", "loud"),
        ("SESSION_TTL_SECONDS", "0"),
    ],
)
def test_a_mistake_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A value that cannot be used stops the start with the variable's name, never with a secret's value."""
    with pytest.raises(ConfigMistake, match=name) as mistake:
        load(monkeypatch, **{name: value})
    assert "geheim" not in mistake.value.message


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_loopback_needs_no_admin_key(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """Where only this machine can connect, nothing has to be set."""
    assert load(monkeypatch, HOST=host).listens_on_loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "support.example"])
def test_elsewhere_an_admin_key_is_required(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """Others can connect only to a server that has an admin key."""
    with pytest.raises(ConfigMistake, match="ADMIN_KEY"):
        load(monkeypatch, HOST=host)
    assert not load(monkeypatch, HOST=host, ADMIN_KEY="long enough for a key").listens_on_loopback


def test_a_webhook_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent unsigned."""
    with pytest.raises(ConfigMistake, match="WEBHOOK_SECRET"):
        load(monkeypatch, WEBHOOK_URL="https://desk.example/hook")


def test_a_secret_key_that_is_set_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A set secret key is not written anywhere."""
    settings = load(monkeypatch, SECRET_KEY="s" * 32, DATA_DIR=str(tmp_path))
    assert secret_key(settings).get_secret_value() == "s" * 32
    assert not list(tmp_path.iterdir())


def test_a_secret_key_is_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without one, a key is made, kept for the next start, and readable by its owner alone."""
    settings = load(monkeypatch, DATA_DIR=str(tmp_path / "data"))
    first = secret_key(settings)
    assert secret_key(settings) == first
    assert len(first.get_secret_value()) >= 32
    kept = list((tmp_path / "data").iterdir())
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o600]


def test_a_damaged_secret_key_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty key file stops the start and says what to do."""
    (tmp_path / "secret.key").touch()
    with pytest.raises(CannotStart, match="Remove it"):
        secret_key(load(monkeypatch, DATA_DIR=str(tmp_path)))


def test_a_data_folder_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file in the place of the data folder stops the start with a sentence."""
    (tmp_path / "data").touch()
    with pytest.raises(CannotStart, match="SECRET_KEY"):
        secret_key(load(monkeypatch, DATA_DIR=str(tmp_path / "data")))


def test_a_home_folder_in_a_path_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    """~ in a path is the home folder."""
    assert load(monkeypatch, DATA_DIR="~/support").data_dir == Path(os.path.expanduser("~/support")).resolve()  # noqa: PTH111


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("postgresql://me:pa@ss@db:5432/x", "postgresql://me:pa%40ss@db:5432/x"),
        ("postgresql://me:p/a#s?s[%@db/x?ssl=require", "postgresql://me:p%2Fa%23s%3Fs%5B%25@db/x?ssl=require"),
        ("postgres://me:pa%40ss@db/x", "postgres://me:pa%40ss@db/x"),
        ("postgresql://me:p@one:5432,[::1]:5433/x", "postgresql://me:p@one:5432,[::1]:5433/x"),
        ("postgresql:///x?host=/run/postgresql", "postgresql:///x?host=/run/postgresql"),
        ("postgresql://me@/x?host=%2Ftmp", "postgresql://me@/x?host=%2Ftmp"),
    ],
)
def test_a_databases_password_may_hold_any_character(monkeypatch: pytest.MonkeyPatch, written: str, read: str) -> None:
    """Only what drivers would take for an end is encoded."""
    url = load(monkeypatch, DATABASE_URL=written).database_url
    assert url is not None
    assert url.get_secret_value() == read


@pytest.mark.parametrize("written", ["postgresql://me:geheim/x", "postgresql://me:x@geheim:geheim/x", "geheim"])
def test_a_databases_address_that_is_none_is_not_repeated(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    """Any part of it may be a password, so the sentence says how to write it."""
    with pytest.raises(ConfigMistake) as caught:
        load(monkeypatch, DATABASE_URL=written)
    assert "DATABASE_URL" in caught.value.message
    assert "postgresql://" in caught.value.message
    assert "geheim" not in caught.value.message


@pytest.mark.parametrize("entry", ["10.0.0.0/8", "http://crm.internal", "crm.internal 8080"])
def test_what_tools_may_call_is_named_by_host(monkeypatch: pytest.MonkeyPatch, entry: str) -> None:
    """A network or an address would allow nothing, silently."""
    with pytest.raises(ConfigMistake, match=r"OUTGOING_ALLOW.*write host or host:port"):
        load(monkeypatch, OUTGOING_ALLOW=f"good.internal,{entry}")
    assert load(monkeypatch, OUTGOING_ALLOW="crm.internal:8080, ::1").outgoing_allow == ("crm.internal:8080", "::1")
