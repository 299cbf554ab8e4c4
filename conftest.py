"""One kernel a lesson; what nbval leaves out; nothing of the developer's own home.

It lies at the root because pytest applies such hooks only to tests below their folder,
and the notebooks are not below tests/.
"""

from queue import Empty

import nbval.plugin as nbval
import pytest

from isolation import isolate
from kernel import Kernel, KernelDied
from lesson import Lesson, order, stop_kernels, unit
from pictures import difference, pictures
from tools.execution import CELL_TIMEOUT, KERNEL_TIMEOUT
from tools.measuring.jobs import workers


def pytest_addoption(parser):
    words = (
        "a pattern of what may be written to stderr, such as a newer package's lines"
    )
    parser.addoption("--may-say", default=Kernel.may_say, help=words)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    if not __debug__:
        raise pytest.UsageError("Without asserts no test can fail: no -O, please.")
    if not hasattr(config, "workerinput"):  # a worker inherits it
        config.add_cleanup(isolate().cleanup)
    if config.option.nbval_cell_timeout == 2000:  # nbval's own default
        config.option.nbval_cell_timeout = CELL_TIMEOUT
    if config.option.nbval_kernel_startup_timeout == 60:  # and that for a kernel
        config.option.nbval_kernel_startup_timeout = KERNEL_TIMEOUT
    Kernel.may_say = config.option.may_say


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    found = yield
    is_lesson = any(type(node) is nbval.IPyNbFile for node in found)
    return [Lesson.from_parent(parent, path=file_path)] if is_lesson else found


def pytest_collection_modifyitems(config, items):
    for item in items:
        item.output_timeout = min(KERNEL_TIMEOUT, config.option.nbval_cell_timeout)
    items[:] = order(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    return workers(waiting=1)  # for a kernel's start or end, for a time limit


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        # xdist 3.8's own --dist=loadgroup does nothing under pytest 9.
        def _split_scope(self, nodeid):
            return unit(nodeid)

    return Scheduling(config, log)


def waited_for_output(kernel):
    """Wait for all that a cell has written; return in sentences what goes wrong."""
    try:
        if kernel.is_alive():
            kernel.settle()
    except KernelDied as error:
        return [str(error)]
    except Empty:
        return ["The kernel answers no more."]
    return []


def unnoticed(item, failed):
    """Return in sentences what nbval does not notice about a cell that ran.

    Any text on stderr counts: no notebook stores some. A cell that has failed may not
    have come to its pictures.
    """
    outputs, late = item.test_outputs or [], item.parent.kernel.late
    problems = []
    errors = "".join(o.text for o in outputs if o.get("name") == "stderr")
    errors += late["stderr"]
    if errors and item.parent.compare_outputs:
        problems.append(f"Written to stderr: {errors}")
    if item.options["check"]:
        if late["stdout"]:
            problems.append(f"Written after the end of a cell: {late['stdout']}")
        pairs = pictures(item.cell.outputs), pictures(outputs)
        problem = not failed and difference(*pairs)
        problems += [problem] if problem else []
    return problems


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if not isinstance(item, nbval.IPyNbCell):
        return (yield)
    lesson, problems, traceback = item.parent, [], None
    lesson.done.add(item.cell_num)
    try:
        yield
    except nbval.NbCellError as error:
        problems, traceback = [str(error)], error.inner_traceback
    except (KernelDied, RuntimeError) as error:
        problems = [str(error)]
    problems += waited_for_output(lesson.kernel)
    problems += unnoticed(item, bool(problems))
    lesson.kernel.late.clear()
    if not lesson.kernel.is_alive():
        lesson.timed_out = True  # nbval then expects the cells that follow to fail
    if not problems:
        lesson.note_bands(item.cell)
    else:
        problem = "\n".join(problems)
        lesson.problems.append(f"Cell {item.cell_num}: {problem}")
        source = item.cell.source
        raise nbval.NbCellError(item.cell_num, problem, source, traceback)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    yield
    if nextitem is None or unit(nextitem.nodeid) != unit(item.nodeid):
        stop_kernels()


def pytest_sessionfinish():
    stop_kernels()  # where it was interrupted
