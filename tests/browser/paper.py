"""The words on each page of a PDF that Chromium printed: its fonts say which letters their glyphs stand for."""

from __future__ import annotations

import re
import zlib
from unicodedata import normalize

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
_RANGE = re.compile(r"<(\w+)> <(\w+)> <(\w+)>")
_LETTER = re.compile(r"^<(\w+)> <(\w+)>$", re.MULTILINE)
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)>|(BT)")


def pages_of(pdf: bytes) -> list[str]:
    """Read every page as one text without spaces, for spaces are moves of the pen and not letters."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    pages = sorted(number for number, body in objects.items() if re.search(rb"/Type /Page\n", body))
    return [_page(objects, objects[number]) for number in pages]


def _page(objects: dict[int, bytes], page: bytes) -> str:
    letters = {name: _letters(objects, int(at)) for name, at in _FONT.findall(page)}
    contents = re.search(rb"/Contents (\d+) 0 R", page)
    assert contents is not None
    font, text = b"", ""
    for chosen, glyphs, _ in _SHOWN.findall(_stream(objects[int(contents[1])])):
        if chosen:
            font = chosen
        for at in range(0, len(glyphs), 4):
            text += letters[font].get(int(glyphs[at : at + 4], 16), "")
    return re.sub(r"\s", "", normalize("NFKC", text))


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    told = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
    if told is None:
        return {}
    table = _stream(objects[int(told[1])]).decode()
    found = {int(glyph, 16): _utf_16(letter) for glyph, letter in _LETTER.findall(table)}
    for first, last, letter in _RANGE.findall(table):
        start = int(first, 16)
        found |= {at: chr(int(letter, 16) + at - start) for at in range(start, int(last, 16) + 1)}
    return found


def _utf_16(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be")


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    return zlib.decompress(found[1])
