"""Bundle: a document and the files that it refers to, as one compressed archive; how an import keeps what it was given.

An uploaded archive is somebody else's: its names, sizes and count are checked before anything of it is unpacked.
"""

from __future__ import annotations

import io
import json
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from app.errors import UploadRefused, UploadTooLarge

MAX_FILES: Final = 300  # the largest documents in parts that are public have about two hundred
MAX_ENTRIES: Final = 2_000  # a repository's archive holds more than documents; beyond it, it is no such archive
MAX_UNPACKED_FACTOR: Final = 5  # how much an archive may hold, in sizes of the largest single document
MAX_RATIO: Final = 200  # JSON that repeats itself shrinks a hundredfold; a bomb a thousandfold
MAX_NAME_CHARS: Final = 500  # far more than any path in a repository
DOCUMENT_ENDINGS: Final = frozenset({".json", ".yaml", ".yml"})
ARCHIVE_SIGNS: Final = (b"PK\x03\x04", b"PK\x05\x06")
GZIP_SIGN: Final = b"\x1f\x8b"
_GZIP_BITS: Final = 31  # what zlib is told for a gzip header around its stream
_NAMES: Final = "names"


def pack(files: Mapping[str, bytes]) -> bytes:
    """Compress files, whatever they are called; the first one is the document itself where that is known."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_NAMES, json.dumps(list(files)))
        for place, content in enumerate(files.values()):
            archive.writestr(str(place), content)
    return written.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """Read back what `pack` wrote."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = json.loads(archive.read(_NAMES))
        return {name: archive.read(str(place)) for place, name in enumerate(names)}


def read_upload(name: str, content: bytes, *, max_bytes: int) -> dict[str, bytes]:
    """Return the files of an upload: itself, or the documents of an archive; raises what is wrong with it."""
    if not content.strip():
        raise UploadRefused("The file is empty. Send one JSON, YAML or zip file.")
    if content.startswith(ARCHIVE_SIGNS):
        return _read_archive(content, max_bytes=max_bytes)
    if content.startswith(GZIP_SIGN):
        return {name.removesuffix(".gz"): _unzipped(content, max_bytes=max_bytes)}
    return {name: content}


def _unzipped(content: bytes, *, max_bytes: int) -> bytes:
    """Unpack a gzip file, counting."""
    try:
        unpacked = zlib.decompressobj(_GZIP_BITS).decompress(content, max_bytes + 1)
    except zlib.error:
        raise UploadRefused("The gzip file is damaged. Pack it again, or send it unpacked.") from None
    if len(unpacked) > max_bytes:
        raise UploadTooLarge(limit_bytes=max_bytes)
    if unpacked[257:262] == b"ustar":
        raise UploadRefused("This is a tar archive. Send its documents as a zip file.")
    return unpacked


def _read_archive(content: bytes, *, max_bytes: int) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_entries(archive, max_bytes=max_bytes)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise UploadRefused("The zip file is damaged or of a kind that is not read. Pack it again.") from error
    except RuntimeError:  # what the library raises for an encrypted entry
        raise UploadRefused("The zip file is encrypted. Pack it without a password.") from None


def _read_entries(archive: zipfile.ZipFile, *, max_bytes: int) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise UploadRefused(f"The zip file has {len(entries)} entries; at most {MAX_ENTRIES} are read.")
    wanted = [entry for entry in entries if _is_document(entry)]
    if not wanted:
        raise UploadRefused("The zip file holds no .json, .yaml or .yml file.")
    if len(wanted) > MAX_FILES:
        raise UploadRefused(f"The zip file holds {len(wanted)} documents; at most {MAX_FILES} are read.")
    room = max_bytes * MAX_UNPACKED_FACTOR
    files: dict[str, bytes] = {}
    for entry in wanted:
        name = _checked_name(entry.filename)
        if name in files:
            raise UploadRefused(f"The zip file holds {name} twice. Pack it again.")
        files[name] = _read_entry(archive, entry, room=min(room, max_bytes))
        room -= len(files[name])
    return files


def _is_document(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = any((part.startswith(".") and part not in {".", ".."}) or part == "__MACOSX" for part in path.parts)
    return not entry.is_dir() and not hidden and path.suffix.lower() in DOCUMENT_ENDINGS


def _checked_name(name: str) -> str:
    """Return the name of an entry; raises `UploadRefused` for one that leads out of the archive."""
    path = PurePosixPath(name)
    if (
        path.is_absolute()
        or ".." in path.parts
        or "\\" in name
        or ":" in name
        or len(name) > MAX_NAME_CHARS
        or not name.isprintable()
    ):
        raise UploadRefused(f"The zip file holds a name that leads out of it: {name[:80]!r}. Pack it again.")
    return str(path)


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, room: int) -> bytes:
    """Unpack one entry, counting: what it claims of its size is not believed."""
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UploadRefused(f"{entry.filename} is a link, not a file. Pack the file itself.")
    with archive.open(entry) as opened:
        content = opened.read(room + 1)
    if len(content) > room:
        raise UploadTooLarge(limit_bytes=room)
    if len(content) > MAX_RATIO * max(entry.compress_size, 1):
        raise UploadRefused(f"{entry.filename} is packed more tightly than any document is. Send it unpacked.")
    return content
