"""Settings: the only reader of the environment and of .env.

A value that cannot be used is a `ConfigMistake` that names its variable; secrets never show in a log or a repr.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.networks import IPvAnyNetwork
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.errors import CannotStart, ConfigMistake

BACKEND: Final = Path(__file__).resolve().parents[1]
PROJECT: Final = BACKEND.parent
ENV_FILE: Final = PROJECT / ".env"
SECRET_BYTES: Final = 32  # 256 bits: as strong as the signatures made with it
MIN_SECRET_KEY_CHARS: Final = 32  # what SECRET_BYTES gives, and no word that a person would think of
MIN_ADMIN_KEY_CHARS: Final = 16  # long enough not to be guessed at the pace that sign-in allows
HALF_AN_HOUR: Final = 1800
DAY: Final = 24 * 60 * 60
DATABASE_FORM: Final = "postgresql://user:password@host:port/name"

_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]*)(:\d{1,5})?")
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")

CommaSeparated = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Everything a person can set, read once from the environment; secrets are hidden wherever it is printed."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",  # the environment, and the .env file that docker compose reads too, hold more than ours
        env_ignore_empty=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    host: str = "127.0.0.1"
    """The address to listen on. Anything but loopback requires ADMIN_KEY."""
    port: int = Field(default=8080, ge=1, le=65535)
    """The port to listen on."""
    data_dir: Path = BACKEND / ".data"
    """Where the embedded database, the demo services' state and the generated secret key are kept."""
    database_url: SecretStr | None = None
    """A PostgreSQL to use, postgresql://user:password@host:port/name; unset: an embedded one in DATA_DIR."""

    openai_api_key: SecretStr | None = None
    """The key of the model's provider; unset: the built-in demo model."""
    openai_base_url: str | None = None
    """The address of an OpenAI-compatible API, such as http://127.0.0.1:11434/v1; unset: OpenAI's own."""
    openai_headers: dict[str, SecretStr] = Field(default_factory=dict)
    """Headers to send to that API beside the key's, as JSON: {"OpenAI-Organization": "org-...", "X-Title": "..."}."""
    llm_model: str = "gpt-4.1-mini"
    """The model that agents use unless agents.yaml names another for them."""
    llm_timeout_seconds: float = Field(default=60, gt=0)
    """How long to wait for the model's first token, and between two of them."""
    claim_check_model: str | None = None
    """The model that holds what agents say against the record: a name, or off; unset: LLM_MODEL. The built-in demo
    model needs no check."""
    claim_check_seconds: float = Field(default=10, gt=0)
    """How long the end of a turn waits for that check; a turn whose check takes longer ends without it."""
    demo_model_delay_ms: int = Field(default=15, ge=0, le=5000)
    """The pause between two words of the demo model, so that its answers stream like a real one's."""

    agents_file: Path = BACKEND / "config" / "agents.yaml"
    """The agents: who they are, what they may do, and the APIs they act upon."""
    demo_apis: bool = True
    """Whether to start the three demo services that the templates act upon."""
    demo_apis_url: str | None = None
    """The address of demo services that run already; they are then not started."""

    admin_key: SecretStr | None = None
    """The key that staff sign in with; at least 16 characters. Required unless HOST is loopback."""
    secret_key: SecretStr | None = None
    """Signs cookies; at least 32 characters. Unset: generated once and kept in DATA_DIR."""
    identity_secret: SecretStr | None = None
    """Checks the tokens (JWT, HS256) that say who the customer is; at least 32 characters. Unset, and
    IDENTITY_PUBLIC_KEY too: derived from SECRET_KEY, to try it out."""
    identity_public_key: str | None = None
    """Checks tokens signed with a private key (RS256 or ES256): the public key in PEM form, \\n for line ends."""
    identity_audience: str | None = None
    """The audience (aud) that tokens have to name; unset: tokens must name none."""
    identity_issuer: str | None = None
    """The issuer (iss) that tokens have to name; unset: any."""
    identity_max_age_seconds: int = Field(default=DAY, ge=60)
    """How far in the future a token may expire; until then the session is the customer's."""
    allowed_origins: CommaSeparated = ()
    """Origins of other sites' pages that may use the chat and the customer's part of REST, comma separated."""
    allowed_hosts: CommaSeparated = ()
    """Names by which this server is reached, comma separated, without ports; unset: any."""
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = ()
    """Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, comma separated."""
    cookie_secure: bool | None = None
    """Whether cookies are sent over https only; unset: when the page itself came over https."""
    outgoing_allow: CommaSeparated = ()
    """Hosts (or host:port) in private networks that tools may call, comma separated; public ones need no entry."""

    import_max_bytes: int = Field(default=10_000_000, ge=1_000, le=200_000_000)
    """How large an OpenAPI document may be, in bytes."""

    webhook_url: str | None = None
    """Where escalations, and alerts of models, are sent, as signed POST requests; unset: they are only recorded."""
    webhook_secret: SecretStr | None = None
    """Signs escalations, so that their receiver can tell them from forgeries. Required with WEBHOOK_URL."""

    session_ttl_seconds: int = Field(default=HALF_AN_HOUR, ge=1)
    """How long a conversation stays open without a message."""
    interrupt_ttl_seconds: int = Field(default=HALF_AN_HOUR, ge=1)
    """How long an approval can be answered."""
    turn_lease_seconds: int = Field(default=15, ge=2)
    """How long a turn of a process that died stays taken before another process continues it."""

    retention_days: int = Field(default=400, ge=1, le=36_500)
    """How many days a conversation is kept after the customer was last active in it."""

    log_format: Literal["console", "json"] = "console"
    """How the log is written: for people or for machines."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important thing that is logged."""
    static_dir: Path = PROJECT / "frontend" / "dist"
    """The built pages."""

    @field_validator("allowed_origins", "allowed_hosts", "outgoing_allow", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("outgoing_allow")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            if "/" in entry or any(char.isspace() for char in entry):
                raise ValueError(f"{entry} is no host; write host or host:port, without http:// and not as a network")
        return value

    @field_validator("data_dir", "agents_file", "static_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("openai_base_url", "demo_apis_url", "webhook_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("it has to start with http:// or https://")
        return value.rstrip("/") if value else value

    @field_validator("database_url")
    @classmethod
    def _database_address(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(readable_database_url(value.get_secret_value()))

    @field_validator("secret_key", "identity_secret")
    @classmethod
    def _strong_secret_key(cls, value: SecretStr | None) -> SecretStr | None:
        return _at_least(MIN_SECRET_KEY_CHARS, value)

    @field_validator("admin_key")
    @classmethod
    def _strong_admin_key(cls, value: SecretStr | None) -> SecretStr | None:
        return _at_least(MIN_ADMIN_KEY_CHARS, value)

    @property
    def listens_on_loopback(self) -> bool:
        """Whether only this machine can connect."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def secrets(self) -> tuple[str, ...]:
        """Every secret that is set, for the log to hide."""
        values = (*(getattr(self, name) for name in type(self).model_fields), *self.openai_headers.values())
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


def load_settings(env_file: Path | None = ENV_FILE) -> Settings:
    """The settings of the environment and the .env file; a `ConfigMistake` names each variable that is wrong."""
    try:
        settings = Settings(_env_file=env_file)
    except ValidationError as mistake:
        lines = (f"  {str(error['loc'][0]).upper()}: {error['msg']}" for error in mistake.errors())
        raise ConfigMistake("These settings cannot be used; correct them:\n" + "\n".join(lines)) from None
    if not settings.listens_on_loopback and settings.admin_key is None:
        raise ConfigMistake(
            f"HOST is {settings.host}, so others can connect, but ADMIN_KEY is not set. Set it "
            "(`make keys` makes one) or use HOST=127.0.0.1."
        )
    if settings.identity_secret is not None and settings.identity_public_key is not None:
        raise ConfigMistake("IDENTITY_SECRET and IDENTITY_PUBLIC_KEY are both set. Set the one your tokens need.")
    if settings.webhook_url and settings.webhook_secret is None:
        raise ConfigMistake("WEBHOOK_URL is set but WEBHOOK_SECRET is not, so nothing could be signed. Set both.")
    return settings


def secret_key(settings: Settings) -> SecretStr:
    """The key that signs cookies: the one that was set, or one that is made once and kept, readable by us alone."""
    if settings.secret_key is not None:
        return settings.secret_key
    path = settings.data_dir / "secret.key"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _keep_once(path, secrets.token_urlsafe(SECRET_BYTES))
        kept = path.read_text().strip()
    except OSError as error:
        raise CannotStart(f"The secret key could not be kept in {path}: {error.strerror}. Set SECRET_KEY.") from error
    if len(kept) < MIN_SECRET_KEY_CHARS:
        raise CannotStart(f"{path} does not hold a key. Remove it, and a new one is made.")
    return SecretStr(kept)


def _keep_once(path: Path, text: str) -> None:
    """Create the file whole or not at all, with mode 600; one that is there already stays."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".secret-") as draft:
        draft.write(text)
        draft.flush()
        with suppress(FileExistsError):
            path.hardlink_to(draft.name)


def readable_database_url(url: str) -> str:
    """Return a database's address as drivers read it: a password may hold any character, such as a raw `@` or `/`.

    Raises `ValueError` with a sentence that repeats nothing of the address, since any of it may be a password.
    """
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgresql", "postgres"}:
        raise ValueError("it has to start with postgresql://")
    login, at, place = rest.rpartition("@")
    hosts = re.split(r"[/?]", place, maxsplit=1)[0]
    if not all(_HOST.fullmatch(host) for host in hosts.split(",")):
        raise ValueError(
            f"write it as {DATABASE_FORM}; in the password write %40 for @, %2F for /, %23 for #, %3F for ?"
        )
    user, colon, password = (_encoded(part) for part in login.partition(":"))
    return f"{scheme}://{user}{':' if colon else ''}{password}{at}{place}"


def _encoded(text: str) -> str:
    """Encode what would end a name or a password in an address; what is encoded already stays."""
    return quote(_LONE_PERCENT.sub("%25", text), safe="%!$&'()*+,;=~")


def _at_least(chars: int, value: SecretStr | None) -> SecretStr | None:
    if value is not None and len(value.get_secret_value()) < chars:
        raise ValueError(f"it has to have at least {chars} characters; `make keys` makes a good one")
    return value


def clock_environment() -> dict[str, str]:
    """What a program needs in its environment to see the time that we see: libfaketime's variables, mostly none."""
    return {name: value for name, value in os.environ.items() if name == "LD_PRELOAD" or name.startswith("FAKETIME")}
