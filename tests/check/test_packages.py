"""What the course takes from elsewhere is pinned by version and by hash."""

import json
import re

import pytest

from tools.course import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PYTHONS = "3.11", "3.12", "3.13"
DECLARED = "requirements.txt", "tests/requirements.txt", "ship/requirements.txt"
LOCKS = {
    "requirements.lock": 100,
    "ship/requirements.lock": 20,
    "ship/service.lock": 10,
}


def required(name):
    """Return {package: version} of a requirements file; its markers are left out."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE))


def test_every_declared_version_is_the_locked_one():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name in DECLARED:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        for line in lines:
            if line and not line.startswith("#"):
                pin = line.split(";")[0]
                assert "==" in pin, f"{name}: {line} is not pinned"
                assert f"\n{pin} " in lock, f"{pin} is not locked: run make lock"


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash(name):
    lock = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"^(?=\w)", re.sub("^ *#.*\n", "", lock, flags=re.M), flags=re.M)
    assert len(entries) > LOCKS[name]
    for entry in filter(None, entries):
        assert "--hash=sha256:" in entry, entry


def test_npm_packages_are_locked_by_hash():
    declared = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert lock.pop("")["devDependencies"] == declared, "run npm install"
    for name, version in declared.items():
        assert lock[f"node_modules/{name}"]["version"] == version, f"{name}: no range"
    for name, package in lock.items():
        assert package["integrity"].startswith("sha512-"), name


def test_colab_runs_the_tests_with_the_same_programs():
    ours = {
        package: version
        for name in DECLARED
        for package, version in required(name).items()
    }
    tests = (ROOT / "tests/colab.txt").read_text(encoding="utf-8")
    for name, version in re.findall(
        r"^([\w-]+)==([\w.]+)$", tests.split("# what runs")[1], re.MULTILINE
    ):
        assert ours[name] == version, f"tests/colab.txt has {name} {version}"


def test_what_lesson_14_can_use_is_locked_alike_everywhere():
    whole = required("requirements.lock")
    for name in ("ship/requirements.lock", "ship/service.lock"):
        for package, version in required(name).items():
            assert whole[package] == version, f"{name}: run make lock"
    lock = required("ship/service.lock")
    for package, version in required("ship/service.txt").items():
        assert lock[package] == version, f"{package}: run make lock"


def test_learners_of_the_other_lessons_need_nothing_of_lesson_14():
    extra = required("ship/requirements.txt")
    assert not extra.keys() & required("requirements.txt").keys()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_hash(path):
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert used, "no action is used"
    for action in used:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+(\.\d+)*", action), action


def test_one_action_has_one_version():
    texts = [path.read_text(encoding="utf-8") for path in WORKFLOWS]
    used = set(re.findall(r"uses: (.+)", "\n".join(texts)))
    assert len(used) == len({action.split("@")[0] for action in used}), used


def test_every_way_of_pinning_is_kept_up_to_date():
    text = (ROOT / ".github/dependabot.yml").read_text(encoding="utf-8")
    found = re.findall(r"package-ecosystem: (\S+)", text)
    assert sorted(found) == ["github-actions", "npm", "pip"]
