"""The built pages, where the backend serves them itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from yarl import URL

from tests.api_client import AnyClient, MakeClient, Parts

pytestmark = pytest.mark.integration

PAGE = "<!doctype html><title>Smart Support</title>"
SCRIPT = "console.log('hello')"


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """A folder as Vite builds it, beside one that nobody may see."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "index-a1b2c3.js").write_text(SCRIPT)
    (folder / "assets" / "index-a1b2c3.js.gz").write_bytes(b"\x1f\x8bpacked")
    (folder / "leak").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "dist-of-another").mkdir()
    (tmp_path / "dist-of-another" / "secret.txt").write_text("secret")
    return Parts(pages=folder)


@pytest.fixture
async def client(parts: Parts, aiohttp_client: MakeClient) -> AnyClient:
    return await aiohttp_client(parts.application())


@pytest.mark.parametrize("path", ["/", "/index.html", "/staff/approvals", "/replay/a-thread", "/apiary", "/c/t1?a=b"])
async def test_every_page_is_the_application(client: AnyClient, path: str) -> None:
    """Whatever page is asked for, the application comes and finds its way; it is asked for anew each time."""
    response = await client.get(path)
    assert (response.status, response.content_type) == (200, "text/html")
    assert await response.text() == PAGE
    assert response.headers["Cache-Control"] == "no-cache"


async def test_assets_are_kept(client: AnyClient) -> None:
    """What is named by its content is kept for ever."""
    response = await client.get("/assets/index-a1b2c3.js", headers={"Accept-Encoding": "identity"})
    assert await response.text() == SCRIPT
    assert "javascript" in response.content_type
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_packed_assets_are_sent_packed(client: AnyClient) -> None:
    """A file that was packed while building is sent as it is to a browser that takes it."""
    response = await client.get("/assets/index-a1b2c3.js", headers={"Accept-Encoding": "gzip"}, auto_decompress=False)
    assert response.headers["Content-Encoding"] == "gzip"


async def test_other_files(client: AnyClient) -> None:
    """A file beside the page is served, and asked for anew."""
    response = await client.get("/favicon.svg")
    assert (response.status, response.headers["Cache-Control"]) == (200, "no-cache")


async def test_a_known_page_is_not_sent_again(client: AnyClient) -> None:
    """A browser that has the page already is told so."""
    first = await client.get("/")
    again = await client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304


@pytest.mark.parametrize("path", ["/assets/gone.js", "/assets/", "/robots.txt", "/app.js.map"])
async def test_a_missing_file_is_missing(client: AnyClient, path: str) -> None:
    """A page in place of a missing script would only confuse the browser."""
    assert (await client.get(path)).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/..%2fdist-of-another%2fsecret.txt",
        "/%2fetc%2fpasswd",
        "/.//etc/passwd",
        "/leak",
        "/a%00b.txt",
        "/" + "x" * 5000 + ".txt",
    ],
)
async def test_nothing_else_is_served(client: AnyClient, path: str) -> None:
    """No spelling of a path leads out of the folder."""
    response = await client.get(URL(path, encoded=True))
    text = await response.text()
    assert "secret" not in text
    assert "root:" not in text
    assert response.status in {200, 404}
    assert response.status == 404 or text == PAGE


async def test_the_api_is_no_page(client: AnyClient) -> None:
    """A wrong address of the API is an error, not the application."""
    response = await client.get("/api/v1/nothing")
    assert (response.status, response.content_type) == (404, "application/json")


async def test_pages_are_only_read(client: AnyClient) -> None:
    """Nothing is posted to a page."""
    assert (await client.post("/")).status == 405
    assert (await client.head("/")).status == 200


async def test_says_how_to_build_them(tmp_path: Path, aiohttp_client: MakeClient) -> None:
    """Where nothing was built, the answer says what to run."""
    client = await aiohttp_client(Parts(pages=tmp_path).application())
    response = await client.get("/")
    assert response.status == 404
    assert "make run" in await response.text()
