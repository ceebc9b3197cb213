from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import UploadRefused, UploadTooLarge
from app.openapi_import.read.bundle import MAX_FILES, pack, read_upload, unpack

LIMIT = 10_000
DOCUMENT = b'{"openapi": "3.1.0"}'


def archive(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return written.getvalue()


def read(content: bytes, name: str = "upload") -> dict[str, bytes]:
    return read_upload(name, content, max_bytes=LIMIT)


class TestPacking:
    @given(st.dictionaries(st.text(max_size=60), st.binary(max_size=300), max_size=6))
    def test_what_is_packed_comes_back(self, files: dict[str, bytes]) -> None:
        """Whatever the files are called and hold, they come back whole and in order."""
        back = unpack(pack(files))
        assert back == files
        assert list(back) == list(files)

    def test_a_document_shrinks(self) -> None:
        """What repeats itself, as documents do, takes a fraction of its size."""
        assert len(pack({"a": DOCUMENT * 400})) < 1_000


class TestUpload:
    def test_a_single_file_is_itself(self) -> None:
        """A JSON or YAML file is taken as it is, under its name."""
        assert read(DOCUMENT, "shop.json") == {"shop.json": DOCUMENT}

    def test_an_archive_is_opened(self) -> None:
        """Of an archive the documents are taken, with their folders."""
        files = {"api/openapi.yaml": b"openapi: 3.1.0", "api/parts/order.json": b"{}", "readme.md": b"hello"}
        assert list(read(archive(files))) == ["api/openapi.yaml", "api/parts/order.json"]

    def test_what_a_system_adds_is_left_out(self) -> None:
        """Hidden files and the folders that macOS packs along are no documents."""
        files = {"openapi.json": DOCUMENT, "__MACOSX/openapi.json": b"x", ".git/config.json": b"x", "a/._b.yaml": b"x"}
        assert list(read(archive(files))) == ["openapi.json"]

    def test_an_empty_file_is_refused(self) -> None:
        """Nothing is no document."""
        with pytest.raises(UploadRefused, match="empty"):
            read(b" \n")


class TestHostileArchives:
    @pytest.mark.parametrize(
        "name", ["../up.json", "a/../../up.json", "/etc/up.json", "C:/up.json", "a\\..\\up.json", "a\nb.json"]
    )
    def test_names_that_lead_out(self, name: str) -> None:
        """A name that leads out of the archive is refused, not mended."""
        info = zipfile.ZipInfo("x.json")
        info.filename = name
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as opened:
            opened.writestr(info, DOCUMENT)
        with pytest.raises(UploadRefused, match="leads out"):
            read(written.getvalue())

    def test_a_bomb(self) -> None:
        """An entry that unpacks to far more than it is packed is refused at the limit, whatever it says of its size."""
        with pytest.raises(UploadTooLarge):
            read(archive({"bomb.json": b" " * 1_000_000}))

    def test_a_tight_entry(self) -> None:
        """An entry within the size limit is refused where nothing but a bomb is packed as tightly."""
        with pytest.raises(UploadRefused, match="more tightly"):
            read_upload("x", archive({"bomb.json": b"0" * 900_000}), max_bytes=1_000_000)

    def test_many_that_are_large_together(self) -> None:
        """Entries that each fit are refused where all of them together do not."""
        noise = bytes(range(256)) * 39
        with pytest.raises(UploadTooLarge):
            read(archive({f"{at}.json": noise for at in range(6)}, method=zipfile.ZIP_STORED))

    def test_too_many_documents(self) -> None:
        """There is a limit to the documents of an archive."""
        with pytest.raises(UploadRefused, match="at most"):
            read(archive({f"{at}.json": b"{}" for at in range(MAX_FILES + 1)}))

    def test_a_link(self) -> None:
        """A link is not followed."""
        info = zipfile.ZipInfo("openapi.json")
        info.external_attr = 0o120777 << 16
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as opened:
            opened.writestr(info, "/etc/passwd")
        with pytest.raises(UploadRefused, match="link"):
            read(written.getvalue())

    def test_nothing_inside(self) -> None:
        """An archive without a document is refused, and so is an empty one."""
        for files in ({"readme.md": b"hello"}, {}):
            with pytest.raises(UploadRefused, match="holds no"):
                read(archive(files))

    @given(st.binary(max_size=400))
    def test_rubbish(self, rubbish: bytes) -> None:
        """Whatever follows an archive's first bytes ends in an error of ours, never in another one."""
        with pytest.raises((UploadRefused, UploadTooLarge)):
            read(b"PK\x03\x04" + rubbish)

    def test_a_cut_archive(self) -> None:
        """An archive that was cut off is damaged."""
        with pytest.raises(UploadRefused, match="damaged"):
            read(archive({"openapi.json": DOCUMENT * 50})[:-30])


def test_a_gzip_file_is_unpacked() -> None:
    """It is named without its ending; one that unpacks to too much, or holds an archive, is refused."""
    assert read_upload("api.json.gz", gzip.compress(b'{"openapi": 1}'), max_bytes=100) == {
        "api.json": b'{"openapi": 1}'
    }
    with pytest.raises(UploadTooLarge):
        read_upload("a.gz", gzip.compress(b"x" * 101), max_bytes=100)
    with pytest.raises(UploadRefused, match="damaged"):
        read_upload("a.gz", b"\x1f\x8bnothing", max_bytes=100)
    with pytest.raises(UploadRefused, match="zip file"):
        read_upload("a.tgz", gzip.compress(b"x" * 257 + b"ustar" + b"x" * 250), max_bytes=1_000)
