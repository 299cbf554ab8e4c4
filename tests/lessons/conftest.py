"""The stages of a lesson's one kernel, as fixtures: tests/lesson.py explains them."""

import os
from unittest import mock

import pytest
from matplotlib import pyplot as plt

from kernel import CellFailed, apart
from lesson import lesson_at
from notebooks import LESSONS, code_cells, read, tagged
from tools.course import NOTEBOOKS, ROOT
from tools.make_data import TARGET
from tools.measuring import training
from tools.publishing.handout import handout

# A name that hides one of Python's own stays: the second run has to cope with that. Any
# other is gone, so that no cell lives on what the first run or a solution has left.
FORGET = """
import builtins
shell = get_ipython()
shell.figures.clear()
for name in [*shell.user_ns]:
    kept = name.startswith("_") or hasattr(builtins, name)
    if not kept and name not in shell.user_ns_hidden:
        del shell.user_ns[name]
"""
# Stands in for the network: Keras' own download, served from the stored file.
DOWNLOAD = f"""
import keras, numpy
def download(path="mnist.npz"):
    with numpy.load({str(TARGET)!r}) as file:
        train = file["x_train"], file["y_train"]
        return train, (file["x_test"], file["y_test"])
keras.datasets.mnist.load_data = download
"""
TEST_A_FIGURE = """
import sys
folders = {folders!r}
sys.path += folders  # behind all others, and only for the test
try:
    import figures
    figures.run(get_ipython(), {module!r}, {function!r}, {figure!r})
finally:
    del sys.path[-len(folders):]
"""
PINS = {}  # the environment after the first set-up in this process
FOLDERS = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "lessons")]


def go_to(folder):
    """Return code that changes the kernel's folder."""
    return apart(f"import os; os.chdir({str(folder)!r})")


def run_handout(lesson, folder):
    """Run a lesson's hand-out in an empty folder, in the kernel of its first run."""
    lesson.folder, lesson.handout = folder, handout(read(lesson.path))
    (setup,) = tagged(lesson.handout, "setup")
    lesson.kernel.run(apart(FORGET))
    lesson.kernel.run(go_to(folder))
    for cell in code_cells(lesson.handout):
        try:
            cell.outputs = lesson.kernel.run(cell.source)
        except CellFailed as error:
            lesson.broken = f"{lesson.path.name}, its hand-out, cell {cell.id}: {error}"
            break
        if cell.id == setup.id:
            lesson.kernel.run(apart(DOWNLOAD))
    lesson.kernel.run(go_to(NOTEBOOKS))


@pytest.fixture(scope="module")
def names(request):
    """The names that the cells of a test module's LESSON define for `make sweep`.

    They are executed in this process, where TensorFlow is imported only once: another
    lesson's set-up finds the environment that was there then.
    """
    lesson = request.module.LESSON
    patch, environment = pytest.MonkeyPatch.context(), mock.patch.dict(os.environ, PINS)
    with patch as patching, environment, plt.rc_context():
        patching.chdir(lesson.parent)  # back at the end: definitions() stays there
        names = training.definitions(lesson)
        PINS.update(os.environ)
        yield names


@pytest.fixture
def ran(path, request):
    """A lesson after its last cell."""
    return lesson_at("ran", path, request.session)


@pytest.fixture
def drawn(request):
    """A figure, named "lesson cell-id": (the lesson after its last cell, the name)."""
    (path,) = (path for path in LESSONS if path.name[:2] == request.param[:2])
    return lesson_at("ran", path, request.session), request.param


@pytest.fixture
def mnist():
    """Stands for the data set, which a test of a figure gets in the kernel."""


@pytest.fixture
def again(path, request, tmp_path_factory):
    """The lesson after its hand-out ran in an empty folder, in the same kernel."""
    lesson = lesson_at("again", path, request.session)
    if lesson.stage != "again":
        lesson.stage = "again"
        run_handout(lesson, tmp_path_factory.mktemp("empty"))
    if lesson.broken:
        pytest.fail(lesson.broken, pytrace=False)
    return lesson


@pytest.fixture
def begun(path, request):
    """The lesson's kernel with the names of set-up and imports, and no others."""
    lesson = lesson_at("begun", path, request.session)
    if lesson.stage != "begun":
        lesson.stage = "begun"
        lesson.kernel.run(apart(FORGET))
        for tag in "setup", "names", "imports":
            for cell in tagged(lesson.nb, tag):
                lesson.kernel.run(cell.source)
    return lesson


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Let the kernel run a test that takes a figure."""
    if "drawn" not in pyfuncitem.fixturenames:
        return None
    lesson, figure = pyfuncitem.funcargs["drawn"]
    test = {"module": pyfuncitem.module.__name__, "function": pyfuncitem.originalname}
    code = TEST_A_FIGURE.format(folders=FOLDERS, figure=figure, **test)
    problem = lesson.kernel.ask(apart(code))
    if problem:
        pytest.fail("\n".join([problem, *lesson.problems]), pytrace=False)
    return True
