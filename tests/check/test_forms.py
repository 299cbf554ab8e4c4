"""What nbconvert makes of a lesson is what docs/requirements.md says of it."""

import re

import pytest
from nbconvert import HTMLExporter, PythonExporter, ScriptExporter

from notebooks import LESSONS, code_cells, name, read
from tools.course import ROOT

PAGE = (ROOT / "docs/requirements.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("exporter", [ScriptExporter, PythonExporter])
def test_script_is_a_python_file(exporter):
    script, resources = exporter().from_notebook_node(read(LESSONS[0]))
    assert resources["output_extension"] == ".py"
    assert "import keras" in script


@pytest.mark.parametrize("path", LESSONS[4:6], ids=name)
def test_html_says_what_the_figures_show(path):
    assert "--template classic" in PAGE
    html, _ = HTMLExporter(template_name="classic").from_notebook_node(read(path))
    alts = [c.metadata.alt for c in code_cells(read(path)) if "alt" in c.metadata]
    found = re.findall(r'<img alt="([^"]+)"[^>]*src="data:image/png', html)
    assert found == alts
