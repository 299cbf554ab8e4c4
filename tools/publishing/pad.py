"""Write lesson 10's drawing pad as a page of its own: figures/pad.html.

    python -m tools.publishing.pad

Executes nothing: the pad, with its network, is the one that the lesson stores.
"""

import sys

import nbformat

from tools.course import FIGURES, lesson_paths, write

TARGET = FIGURES / "pad.html"
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Draw a digit</title>
<style>
  :root {{ color-scheme: light dark }}
  body {{ font: 18px/1.5 system-ui, sans-serif; margin: 24px auto; max-width: 900px;
    padding: 0 12px }}
  img {{ max-width: 100% }}
</style>
</head>
<body>
<main>
<h1>Draw a digit</h1>
<p>A small neural network reads it while you draw. Switch a step of the preparation off,
and see what the network makes of your digit without it. All happens in this page.</p>
{pad}
</main>
<footer>
<p>Code: MIT licence. The network learned from MNIST, and the stored digits are from it:
Y. LeCun, C. Cortes and C. Burges, CC BY-SA 3.0.</p>
</footer>
</body>
</html>
"""


def stored_pad(nb):
    """Return the pad that a notebook stores, as HTML; exit if it stores none."""
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            text = output.get("data", {}).get("text/html", "")
            if 'class="digit-pad"' in text:
                return text.strip()
    sys.exit("The lesson stores no pad: run python -m tools.refresh 10 first.")


def page(nb):
    """Return the page with the pad that a notebook stores."""
    return PAGE.format(pad=stored_pad(nb))


def main():
    """Write the page, and say how large it is."""
    (path,) = lesson_paths(["10"])
    data = page(nbformat.read(path, as_version=4)).encode()
    write(TARGET, data)
    print(f"wrote figures/pad.html: {len(data):,} bytes")


if __name__ == "__main__":
    main()
