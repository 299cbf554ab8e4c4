"""Lesson 14 goes on where something is missing, and its service never outlives it."""

import nbformat
import pytest

from notebooks import printed, read
from tools.course import lesson_paths, set_parameters
from tools.execution import Execution

(LESSON,) = lesson_paths(["14"])
# For the kernel, the libraries are not installed, and no program is found.
HIDE = """
import os, sys
names = "ai_edge_litert", "onnx", "onnxruntime", "tf2onnx", "fastapi", "uvicorn"
sys.modules.update(dict.fromkeys(names))
os.environ["PATH"] = ""
"""
# Code for the kernel after the last cell; the libraries may be used again.
INTERRUPTED = """
import socket
missing.clear()
(folder / "service.py").write_text(SERVICE, encoding="utf-8")
try:
    with serving(folder / "float16.npz") as port:
        asked = ask(port, digit)[0]
        raise KeyboardInterrupt
except KeyboardInterrupt:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5)
        print(asked, "outlives")
    except OSError:
        print(asked, "ended")
"""
NO_LOOPBACK = """
elsewhere = SERVICE.replace('default="127.0.0.1"', 'default="192.0.2.1"')
assert elsewhere != SERVICE
(folder / "service.py").write_text(elsewhere, encoding="utf-8")
with serving(folder / "float16.npz") as port:
    print(port)
"""
NEVER_READY = """
(folder / "service.py").write_text("import time; time.sleep(600)", encoding="utf-8")
with serving(folder / "float16.npz", patience=1) as port:
    print(port)
"""


@pytest.fixture(scope="module")
def bare():
    """The lesson after its last cell, without libraries and compiler; one epoch."""
    nb = read(LESSON)
    set_parameters(nb, {"EPOCHS": 1})
    nb.cells.insert(0, nbformat.v4.new_code_cell(HIDE))
    execution = Execution(nb, LESSON.name)
    with execution.kernel():
        execution.run(progress=False)
        yield execution


def test_without_libraries_it_says_which_are_missing_and_goes_on(bare):
    said = printed(bare.nb.cells)
    names = "ai_edge_litert, onnx, onnxruntime, tf2onnx, fastapi, uvicorn"
    assert f"Not installed here: {names}" in said
    assert f"%pip install {names.replace(', ', ' ').replace('_', '-')}" in said
    assert "exported: nothing" in said
    assert "LiteRT float32" not in said
    assert said.count("No service here: fastapi and uvicorn are not installed.") == 4
    assert "No C compiler here that works" in said
    assert "| all |" in said, "the model card comes at the end"


def test_without_libraries_nothing_is_written_to_stderr(bare):
    outputs = [o for cell in bare.nb.cells for o in cell.get("outputs", [])]
    assert not [o.text for o in outputs if o.get("name") == "stderr"]


def test_an_interrupted_block_ends_its_service(bare):
    assert bare.ask(INTERRUPTED) == "200 ended"


def test_without_a_loopback_there_is_a_sentence(bare):
    sentence, port = bare.ask(NO_LOOPBACK).splitlines()
    assert sentence.startswith("No service here, as it ends with: No door at 192.0.2.1")
    assert port == "None"


def test_a_service_that_never_gets_ready_is_given_up(bare):
    assert bare.ask(NEVER_READY).splitlines()[-1] == "None"
