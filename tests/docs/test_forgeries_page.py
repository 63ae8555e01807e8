"""docs/forgeries.md lists each source with the forgeries that answer it. `CAPTURE=1 pytest` on this file writes its tables anew."""

import os
import re
from collections import defaultdict
from pathlib import Path

from forgeries.catalogue import CATALOGUE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "forgeries.md"
BEGIN, END = "<!-- tables: from the catalogue -->\n", "<!-- end of tables -->\n"


def tables():
    """A table for RFCs by section, one for advisories by library, one for threads and other standards."""
    standards, advisories, threads = (defaultdict[str, list[str]](list) for _ in range(3))
    for forgery in CATALOGUE:
        for source in forgery.source.split("; "):
            name, library = source.partition(" (")[0], re.search(r"\(([^)]+)\)", source)
            if source.startswith(("CVE", "GHSA")):
                assert library
                advisories[f"{library[1].partition(',')[0]}: {name}"].append(forgery.id)
            elif " issue " in source:
                threads[source].append(forgery.id)
            else:
                standards[name].append(forgery.id)
    groups = (("## Standards, by section", standards), ("## Advisories, by library", advisories), ("## Threads", threads))
    return "\n".join(line for title, rows in groups for line in table(title, rows))


def table(title, rows):
    """Its lines, ordered as people count: section 4.10 after 4.9."""
    yield from (title, "", "| source | forgeries |", "|---|---|")
    for source in sorted(rows, key=lambda source: [int(part) if part.isdigit() else part.lower() for part in re.split(r"(\d+)", source)]):
        yield f"| {source} | {', '.join(f'`{id}`' for id in rows[source])} |"
    yield ""


def test_the_tables_are_those_of_the_catalogue():
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = f"{before}{BEGIN}\n{tables()}\n{END}{after}"
    if os.environ.get("CAPTURE"):
        PAGE.write_text(wanted)
    assert PAGE.read_text() == wanted
    assert f"{len(CATALOGUE)} wrong tokens" in before, "the first sentence counts them"
