"""Run the lessons in JupyterLab as a reader does, in a browser, and look at them.

    python -m tools.publishing.browser       # all lessons
    python -m tools.publishing.browser 05    # one

Fails if a cell raises an error, if an output does not fit on the page, or if the
page itself reports an error. Pictures of all figures go to build/browser/.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from playwright.sync_api import Error, sync_playwright

from tools.course import BUILD, NOTEBOOKS, lesson_paths

SCREENSHOTS = BUILD / "browser"
PAGE = {"width": 1440, "height": 1600}  # a laptop's width, higher than any figure
MINUTES = 10  # for one lesson
PATIENCE = 120_000  # milliseconds in which a browser starts, and a page opens
SWITCHES = """--no-sandbox --disable-dev-shm-usage --disable-gpu --no-first-run
    --disable-background-networking --disable-component-update --disable-sync"""
SERVER = """-m jupyterlab --no-browser --allow-root --ip=127.0.0.1 --ServerApp.port=0
    --LabApp.expose_app_in_browser=True"""
SETTINGS = {  # render what is out of sight too; ask nobody for news
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}

# A reader's own settings play no part; the environment's kernel still does.
OWN_FOLDERS = """JUPYTER_CONFIG_DIR JUPYTER_DATA_DIR JUPYTER_RUNTIME_DIR IPYTHONDIR
    JUPYTERLAB_SETTINGS_DIR JUPYTERLAB_WORKSPACES_DIR"""

IDLE = """() => window.jupyterapp?.shell.currentWidget?.context?.sessionContext
    .session?.kernel?.status === 'idle'"""
# The command's promise ends when every cell has run or one has failed.
RUN_ALL = """milliseconds => Promise.race([
    jupyterapp.commands.execute('notebook:run-all-cells'),
    new Promise((_, fail) => setTimeout(() => fail('it takes too long'), milliseconds)),
])"""
SHUT_DOWN = "() => jupyterapp.shell.currentWidget.context.sessionContext.shutdown()"
# The pad of lesson 10 hides its still picture.
FIGURES = ".jp-OutputArea-output img:not(.digit-pad img)"
DECODE = "image => image.decode().then(() => image.naturalWidth, () => 0)"
# JupyterLab makes everything fit: it breaks lines anywhere and shrinks pictures.
# This undoes it.
NATURAL = """.jp-OutputArea-output pre { white-space: pre !important }
    .jp-OutputArea-output :is(img, svg) { max-width: none !important }"""
# `excess` is by how many pixels an output, or a part that scrolls, is too wide.
CELLS = """() => jupyterapp.shell.currentWidget.content.widgets.map((cell, i) => {
    const outputs = [...cell.node.querySelectorAll('.jp-OutputArea-output')];
    const parts = outputs.flatMap(o => [o, ...o.querySelectorAll('*')])
        .filter(part => part.clientWidth);  // an inline element has none
    return {name: `cell ${i + 1} (id ${cell.model.id})`, type: cell.model.type,
        count: cell.model.executionCount, shown: outputs.length,
        outputs: cell.model.outputs?.toJSON(),
        excess: Math.max(0, ...parts.map(p => p.scrollWidth - p.clientWidth),
            ...outputs.map(o => o.getBoundingClientRect().right - innerWidth))};
}).filter(cell => cell.type === 'code')"""


def find_browser():
    """Return the path of an installed browser."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    sys.exit("No browser found: apt-get install chromium, or install Google Chrome.")


def launch(playwright):
    """Start Chromium without a window; return it. Exits with a sentence without one."""
    return playwright.chromium.launch(
        executable_path=find_browser(), args=SWITCHES.split(), timeout=PATIENCE
    )


def copy_lessons(paths, folder):
    """Copy lessons without outputs, so that what is seen later was computed here."""
    shutil.copytree(NOTEBOOKS / "data", folder / "data")
    for path in paths:
        nb = nbformat.read(path, as_version=4)
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(nb, folder / path.name)


def address(server, own):
    """Wait until JupyterLab serves; return its address and token."""
    while server.poll() is None:
        time.sleep(0.1)
        for path in own.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):  # it is still being written
                info = json.loads(path.read_text())
                return info["url"], info["token"]
    sys.exit(f"JupyterLab does not start: {(own / 'log').read_text()[-500:]}")


@contextlib.contextmanager
def jupyterlab(folder):
    """Serve `folder` for the length of a with block; yield address and token."""
    own = folder / ".jupyter"
    for name, values in SETTINGS.items():
        file = own / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(values))
    with open(own / "log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, *SERVER.split()],
            cwd=folder,
            env=os.environ | dict.fromkeys(OWN_FOLDERS.split(), str(own)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield address(server, own)
    finally:
        server.terminate()
        server.wait()


def failure(cells):
    """Return a sentence about the first cell that failed or did not run, or none."""
    for cell in cells:
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                return [f"{cell['name']}: {output['ename']}: {output['evalue']}"]
        if cell["count"] is None:
            return [f"{cell['name']}: it did not run"]
    return []


def misfits(cells):
    """Yield a sentence about each cell whose outputs are not all to be seen."""
    for cell in cells:
        if cell["shown"] < len(cell["outputs"]):
            yield f"{cell['name']}: only {cell['shown']} outputs are shown"
        if cell["excess"] > 1:
            yield f"{cell['name']}: {cell['excess']:.0f} pixels wider than the page"


def take_pictures(page, number):
    """Save each figure as NN-MM.png; return a list: does it hold a picture?"""
    for old in SCREENSHOTS.glob(f"{number}-*.png"):
        old.unlink()
    drawn = []
    for count, figure in enumerate(page.locator(FIGURES).all(), start=1):
        drawn.append(figure.evaluate(DECODE) > 0)
        figure.screenshot(path=SCREENSHOTS / f"{number}-{count:02}.png")
    return drawn


def visit(page, path, url, token):
    """Run one lesson; print its row, return the sentences that say what is wrong."""
    start, wrong = time.perf_counter(), []
    page.on("pageerror", lambda error: wrong.append(f"the page says {error}"))
    page.goto(f"{url}lab/tree/{path.name}?reset&token={token}", timeout=PATIENCE)
    page.wait_for_function(IDLE, timeout=PATIENCE)
    page.evaluate(RUN_ALL, MINUTES * 60_000)
    drawn = take_pictures(page, path.stem[:2])
    page.add_style_tag(content=NATURAL)
    cells = page.evaluate(CELLS)
    page.evaluate(SHUT_DOWN)  # or each kernel keeps its gigabyte
    seconds = time.perf_counter() - start
    print(f"{path.stem:<28}{len(cells):8}{len(drawn):8}{seconds:8.0f}", flush=True)
    empty = [f"figure {n} is empty" for n, good in enumerate(drawn, 1) if not good]
    return [*failure(cells), *misfits(cells), *empty, *wrong]


def visit_all(paths, browser, url, token):
    """Visit each lesson on a page of its own; return what is wrong, with its name."""
    print(f"{'lesson':<28}{'cells':>8}{'figures':>8}{'seconds':>8}")
    wrong = []
    for path in paths:
        page = browser.new_page(viewport=PAGE)
        try:
            found = visit(page, path, url, token)
        except Error as error:
            found = [str(error)]
        wrong += [f"{path.name}, {sentence}" for sentence in found]
        page.close()
    return wrong


def main():
    """Visit the chosen lessons; exit with a sentence for each thing that is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="LESSON")
    paths = lesson_paths(parser.parse_args().names)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = launch(playwright)
        copy_lessons(paths, Path(name))
        with jupyterlab(Path(name)) as (url, token):
            wrong = visit_all(paths, browser, url, token)
            browser.close()
    if wrong:
        sys.exit("\n".join(["", *wrong]))


if __name__ == "__main__":
    main()
