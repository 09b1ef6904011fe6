# SPDX-License-Identifier: Apache-2.0
"""Reads a page of limpet's as a browser would, without running it: its one data block, and whatever in it could load or run."""
import base64
import hashlib
import html.parser
import json
import re

MAX_PAGE_BYTES = 3000000


class _Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = None
        self.texts = {"sections": "", "script": "", "style": ""}
        self.blocks = []
        self.policy = None
        self.loads = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.loads += [f"{tag} {name}" for name in attributes if name in ("src", "srcset", "data", "action") or name.startswith("on")]
        if tag in ("img", "iframe", "object", "embed", "link", "base"):
            self.loads.append(tag)
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        if tag in ("script", "style"):
            self.open = "sections" if attributes.get("id") == "sections" else tag
            self.blocks.append(self.open)

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.open = None

    def handle_data(self, data):
        if self.open:
            self.texts[self.open] += data


def _hash(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def read_report(path):
    """Its sections. Raises when the page is too large, could load something, or its policy is not of its own script and style."""
    with open(path, "rb") as file:
        content = file.read()
    assert len(content) < MAX_PAGE_BYTES, f"{len(content)} bytes"
    page = _Page()
    page.feed(content.decode("utf-8"))
    page.close()
    assert page.blocks == ["style", "sections", "script"], page.blocks
    assert not page.loads, page.loads
    assert page.policy == (f"default-src 'none'; style-src {_hash(page.texts['style'])}; script-src {_hash(page.texts['script'])}; "
                           "base-uri 'none'; form-action 'none'"), page.policy
    assert not re.search(r"@import|url\(", page.texts["style"]), "the style loads something"
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|fetch\(|XMLHttp|import\(",
                         page.texts["script"]), "the script could run or load something"
    assert set(re.findall(r"https?://[^'\"\s]*", page.texts["script"] + page.texts["style"])) <= {"http://www.w3.org/2000/svg"}
    return json.loads(page.texts["sections"])
