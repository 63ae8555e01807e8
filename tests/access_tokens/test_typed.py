"""The package is typed and documented, so that a copy is, too: in a folder of its own, by anybody's mypy."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import access_tokens

PACKAGE = Path(access_tokens.__file__).parent
FILES = sorted(path for path in PACKAGE.glob("*.py") if path.name != "__init__.py")


def test_mypy_strict_is_clean_on_the_package_alone(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "access_tokens", ignore=shutil.ignore_patterns("__pycache__"))
    alone = ["--strict", "--cache-dir", str(tmp_path / "cache"), "--config-file", ""]
    command = [sys.executable, "-m", "mypy", *alone, "access_tokens"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (PACKAGE / "py.typed").exists(), "PEP 561: a copy's types are used"


def test_no_check_of_types_or_style_is_switched_off_but_with_its_reason():
    for path in FILES:
        for line in path.read_text(encoding="utf-8").splitlines():
            for ignore in re.findall(r"# (?:type: ignore|noqa).*", line):
                assert re.match(r"# (type: ignore\[[a-z-]+\]|noqa: \w+)  # \w", ignore), f"{path.name}: {line.strip()}"


def public(path):
    """Every public class, function and method of a file, with the name of its class."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and not inner.name.startswith("_"):
                        yield f"{node.name}.{inner.name}", inner


NAMES = [
    pytest.param(node, id=f"{path.stem}.{name}")
    for path in FILES
    if path.stem != "rejections"  # a table whose rows say title, cure and source
    for name, node in public(path)
]


@pytest.mark.parametrize("node", NAMES)
def test_every_public_name_says_in_a_sentence_what_it_is(node):
    said = ast.get_docstring(node) or ""
    assert said.split("\n\n")[0].rstrip().endswith((".", ":", "!")), said


@pytest.mark.parametrize("node", [param for param in NAMES if isinstance(param.values[0], ast.FunctionDef)])
def test_every_public_function_names_what_it_raises(node):
    said = ast.get_docstring(node) or ""
    nested = [function for function in ast.walk(node) if function is not node and isinstance(function, ast.FunctionDef)]
    elsewhere = {part for function in nested for part in ast.walk(function)}
    for raised in [part.exc for part in ast.walk(node) if isinstance(part, ast.Raise) and part.exc and part not in elsewhere]:
        name = raised.func if isinstance(raised, ast.Call) else raised
        text = ast.unparse(name).rpartition(".")[2].partition("(")[0]
        if text[0].isupper() and not caught_here(node, text):
            assert text in said, f"{node.name} raises {text} and does not say so"


def caught_here(function, name):
    """Whether `function` catches `name` itself."""
    handlers = [handler.type for handler in ast.walk(function) if isinstance(handler, ast.ExceptHandler) and handler.type]
    return any(name in ast.unparse(kind) or "Rejection" in ast.unparse(kind) for kind in handlers)
