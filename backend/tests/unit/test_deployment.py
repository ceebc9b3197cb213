"""The promises of the files for Docker, read from the files: no Docker is needed to check them."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from app.settings import PROJECT, Settings

COMPOSE: dict[str, Any] = YAML(typ="safe").load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
TEXT = (PROJECT / "docker-compose.yml").read_text()
DOCKERFILES = {name: (PROJECT / name / "Dockerfile").read_text() for name in ("backend", "nginx")}
FIXED = {"HOST", "PORT", "DATA_DIR", "STATIC_DIR", "AGENTS_FILE"}  # the same in every container of ours


def stages(dockerfile: str) -> list[str]:
    return re.split(r"^(?=FROM )", dockerfile, flags=re.MULTILINE)[1:]


def test_health_gates_the_order() -> None:
    """The backend waits for a healthy database, nginx for a healthy backend."""
    waits = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}
    assert waits["backend"] == {"postgres": {"condition": "service_healthy"}}
    assert waits["nginx"] == {"backend": {"condition": "service_healthy"}}
    assert "healthcheck" in SERVICES["postgres"]
    assert all("HEALTHCHECK" in stages(dockerfile)[-1] for dockerfile in DOCKERFILES.values())


def test_nothing_runs_as_root() -> None:
    """Every container's process is unprivileged and cannot become more."""
    assert SERVICES["postgres"]["user"] == "postgres"
    assert "USER smart-support" in stages(DOCKERFILES["backend"])[-1]
    assert "unprivileged" in stages(DOCKERFILES["nginx"])[-1].splitlines()[0]
    for service in SERVICES.values():
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("secret", ["POSTGRES_PASSWORD", "ADMIN_KEY", "SECRET_KEY"])
def test_secrets_come_from_the_environment_and_must_be_set(secret: str) -> None:
    """Without its secrets, compose refuses to start and says which one to set."""
    assert re.search(rf"\${{{secret}:\?Set {secret}", TEXT)


def test_no_image_holds_a_secret() -> None:
    """Neither Dockerfile sets a secret, and the .env file never becomes part of a build."""
    for dockerfile in DOCKERFILES.values():
        assert not re.search(r"^(ENV|ARG).*(PASSWORD|SECRET|API_KEY|ADMIN_KEY)", dockerfile, re.MULTILINE)
    assert ".env" in (PROJECT / ".dockerignore").read_text().splitlines()


def test_only_nginx_can_be_reached() -> None:
    """Nginx alone publishes a port, on loopback unless said otherwise, and the database is in a network of its own."""
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert SERVICES["nginx"]["ports"] == ["${PUBLISH:-127.0.0.1:8080}:8080"]
    assert COMPOSE["networks"]["database"] == {"internal": True}
    assert "database" not in SERVICES["nginx"]["networks"]


def test_data_is_kept_in_named_volumes() -> None:
    """The database and the demo's state outlive their containers."""
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]
    assert sorted(mounted) == sorted(COMPOSE["volumes"])


def test_every_setting_can_be_set_through_compose() -> None:
    """What .env says reaches the backend's container, except what is fixed there."""
    assert set(SERVICES["backend"]["environment"]) | FIXED == {name.upper() for name in Settings.model_fields}


def test_what_the_images_copy_is_there() -> None:
    """Every file that a Dockerfile copies from the repository exists."""
    for name, dockerfile in DOCKERFILES.items():
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE):
            for source in line.split()[:-1]:
                assert (PROJECT / source).exists(), f"{name}: {source}"


def test_locks_hold_hashes_and_no_addresses() -> None:
    """Every locked package is pinned by hash, and no lock names a server."""
    for path in [*Path(PROJECT, "backend").glob("*.lock"), Path(PROJECT, "frontend/package-lock.json")]:
        text = path.read_text()
        assert '"resolved"' not in text
        if path.suffix == ".lock":
            assert "://" not in text
            pins = re.findall(r"^[a-z0-9].*?==(?:.*\\\n)+.*", text, re.MULTILINE)
            assert pins
            assert all("--hash=sha256:" in pin for pin in pins)
