"""docs/the-document.md names each test of the document's sentences once, in their order."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_lists_every_sentence_s_test_in_its_order():
    listed = re.findall(r"\| `(test_\w+)` \|$", (ROOT / "docs" / "the-document.md").read_text(), flags=re.MULTILINE)
    tests = (ROOT / "tests" / "end_to_end" / "test_the_documents_sentences.py").read_text()
    assert listed == re.findall(r"^def (test_\w+)\(", tests, flags=re.MULTILINE)
