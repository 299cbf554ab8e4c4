"""Time one recipe in several libraries, side by side: measured/libraries.csv.

    python -m tools.measuring.libraries --store           # five rounds, and keep them:
                                                          # lesson 08 shows them
    python -m tools.measuring.libraries numpy --rounds 1  # one of them, once
    python -m tools.measuring.libraries --stored          # print the stored table

The recipe is lesson 08's sprint: 784-128-32-10, batches of 240, and Adam with a rate
that falls to 0 within five epochs. Each library does it by its own best habits and from
its own first weights. "by-hand" is no library, and has a recipe of its own: it is what
lesson 08 writes at the end. In each round all take turns, each in a process of its
own. The clock runs from arrays in memory to the trained network, building and compiling
included and imports not, and stands still while the accuracy is looked at.

A library that is not installed is named and left out. JAX and PyTorch are not in the
course's environment: put them into one of your own. Measure on an idle machine.
"""

import argparse
import csv
import os
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from multiprocessing import get_context

import numpy as np

from tools.course import MEASURED, lesson_paths, write_table
from tools.make_data import TARGET
from tools.measuring import jobs, sweep

TABLE = MEASURED / "libraries.csv"
SIZES = 784, 128, 32, 10
BATCH, RATE, EPOCHS = 240, 6e-3, 5
HELD_BACK = 12_000  # the last training images, to validate on
BY_HAND = "by-hand"
NEEDS = {  # the package whose version a row names
    BY_HAND: "numpy",
    "numpy": "numpy",
    "scikit-learn": "scikit-learn",
    "keras-tensorflow": "tensorflow",
    "keras-jax": "jax",
    "pytorch": "torch",
}
COLUMNS = ["library", "round", "version", "cores", "epoch", "seconds", "accuracy"]


class Watch:
    """Notes the seconds of training, and the accuracy, at the end of each epoch."""

    def __init__(self, x, y):
        self.x, self.y = x, y
        self.notes, self.start = [], time.perf_counter()

    def look(self, parameters):
        """Note (seconds, accuracy) of [weights, biases, ...]; looking takes no time."""
        now = time.perf_counter()
        scores = forward(parameters, self.x)[-1]
        accuracy = float((scores.argmax(axis=1) == self.y).mean())
        self.notes.append((now - self.start, accuracy))
        self.start += time.perf_counter() - now


def forward(parameters, x):
    """Return the values of all layers, `x` (n, 784) first and the scores last."""
    values = [x]
    for weights, biases in zip(parameters[::2], parameters[1::2], strict=True):
        inputs = np.maximum(values[-1], 0) if len(values) > 1 else x
        values.append(inputs @ weights + biases)
    return values


def slopes(parameters, x, y):
    """Return the slopes of the mean loss over a batch, a list like `parameters`."""
    values, found = forward(parameters, x), []
    errors = np.exp(values[-1] - values[-1].max(axis=1, keepdims=True))
    errors /= errors.sum(axis=1, keepdims=True)
    errors[np.arange(len(y)), y] -= 1
    errors /= len(y)
    for layer in reversed(range(len(parameters) // 2)):
        inputs = np.maximum(values[layer], 0) if layer else x
        found += [errors.sum(axis=0), inputs.T @ errors]
        if layer:
            errors = (errors @ parameters[2 * layer].T) * (values[layer] > 0)
    return found[::-1]


def rate_at(step, steps):
    """Return the learning rate, which falls in a line to 0 after all steps."""
    return RATE * (1 - step / steps)


def with_numpy(x, y, seed, epochs, look):
    """Train in some forty lines of NumPy, with `forward` and `slopes`."""
    rng = np.random.default_rng(seed)
    parameters = []
    for inputs, outputs in pairwise(SIZES):
        limit = np.sqrt(6 / (inputs + outputs))
        weights = rng.uniform(-limit, limit, (inputs, outputs))
        parameters += [weights.astype("float32"), np.zeros(outputs, "float32")]
    means, squares = ([np.zeros_like(p) for p in parameters] for _ in range(2))
    per_epoch, step = len(x) // BATCH, 0
    for _ in range(epochs):
        order = rng.permutation(len(x))[: per_epoch * BATCH]
        for places in order.reshape(-1, BATCH):
            rate = rate_at(step, epochs * per_epoch)
            step += 1
            rate *= np.sqrt(1 - 0.999**step) / (1 - 0.9**step)  # Adam's start
            found = slopes(parameters, x[places], y[places])
            for p, mean, square, g in zip(
                parameters, means, squares, found, strict=True
            ):
                mean += 0.1 * (g - mean)
                square += 0.001 * (g * g - square)
                p -= np.float32(rate) * mean / (np.sqrt(square) + np.float32(1e-7))
        look(parameters)


def with_sklearn(x, y, seed, epochs, look):
    """Train with scikit-learn, its rate lowered before each epoch.

    It has no falling rate for Adam: `_optimizer` is a private name.
    """
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        SIZES[1:-1],
        batch_size=BATCH,
        learning_rate_init=RATE,
        alpha=0,
        random_state=seed,
    )
    for epoch in range(epochs):
        if epoch:
            network._optimizer.learning_rate_init = rate_at(epoch, epochs)
        network.partial_fit(x, y, classes=range(SIZES[-1]))
        pairs = zip(network.coefs_, network.intercepts_, strict=True)
        look([array for pair in pairs for array in pair])


def with_keras(x, y, seed, epochs, look):
    """Train with Keras, on the backend that KERAS_BACKEND names, in whole epochs."""
    import keras

    keras.utils.set_random_seed(seed)
    hidden = [keras.layers.Dense(size, activation="relu") for size in SIZES[1:-1]]
    output = keras.layers.Dense(SIZES[-1], activation="softmax")
    model = keras.Sequential([keras.Input(SIZES[:1]), *hidden, output])
    steps = len(x) // BATCH
    rate = keras.optimizers.schedules.PolynomialDecay(RATE, epochs * steps, 0.0)
    model.compile(
        keras.optimizers.Adam(rate),
        "sparse_categorical_crossentropy",
        steps_per_execution=steps,
    )
    ends = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: look(model.get_weights())
    )
    model.fit(x, y, batch_size=BATCH, epochs=epochs, callbacks=[ends], verbose=0)


def with_pytorch(x, y, seed, epochs, look):
    """Train with PyTorch, in the loop that its tutorials teach."""
    torch = import_module("torch")  # no package of the course's

    torch.manual_seed(seed)
    parts = []
    for inputs, outputs in pairwise(SIZES):
        parts += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    model = torch.nn.Sequential(*parts[:-1])
    x, y = torch.from_numpy(x), torch.from_numpy(y.astype("int64"))
    steps = len(x) // BATCH
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    falling = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: 1 - step / (epochs * steps)
    )
    for _ in range(epochs):
        for places in torch.randperm(len(x))[: steps * BATCH].view(-1, BATCH):
            optimizer.zero_grad()
            scores = model(x[places])
            torch.nn.functional.cross_entropy(scores, y[places]).backward()
            optimizer.step()
            falling.step()
        look([p.detach().numpy().T for p in model.parameters()])


TRAIN = {
    "numpy": with_numpy,
    "scikit-learn": with_sklearn,
    "keras-tensorflow": with_keras,
    "keras-jax": with_keras,
    "pytorch": with_pytorch,
}


def run_by_hand(seed):
    """Train once as lesson 08 does by hand; return [(seconds, accuracy)] an epoch."""
    (lesson,) = lesson_paths(["08"])
    program = sweep.program(lesson, "sprint by hand")
    watch = jobs.execute(program, lesson.name)["by_hand"](seed)
    return list(zip(watch.seconds, watch.accuracies, strict=True))


def run(library, seed, epochs):
    """Train once in this process; return [(seconds, accuracy)] after each epoch."""
    if library == BY_HAND:
        return run_by_hand(seed)
    os.environ["KERAS_BACKEND"] = library.removeprefix("keras-")
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    modules = {"scikit-learn": "sklearn.neural_network", "pytorch": "torch"}
    modules |= {name: "keras" for name in TRAIN if name.startswith("keras")}
    import_module(modules.get(library, "numpy"))  # before the clock runs
    with np.load(TARGET) as file:
        images, y = file["x_train"].reshape(-1, SIZES[0]), file["y_train"]
    x = np.divide(images, 255, dtype="float32")
    watch = Watch(x[-HELD_BACK:], y[-HELD_BACK:])
    x, y = x[:-HELD_BACK].copy(), y[:-HELD_BACK].copy()
    watch.start = time.perf_counter()
    TRAIN[library](x, y, seed, epochs, watch.look)
    return watch.notes


def installed(names):
    """Return those of the libraries that are there; say which are not."""
    there = []
    for name in names:
        try:
            version(NEEDS[name])
            there.append(name)
        except PackageNotFoundError:
            print(f"{name} is left out: {NEEDS[name]} is not installed here.")
    return there


def measured(names, rounds, epochs):
    """Yield the rows of each run, in turns, each run in a fresh process."""
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
        for seed in range(1, rounds + 1):
            for name in names:
                notes = pool.submit(run, name, seed, epochs).result()
                about = [name, seed, version(NEEDS[name]), os.cpu_count()]
                yield [
                    [*map(str, about), str(epoch), f"{seconds:.4f}", f"{accuracy:.4f}"]
                    for epoch, (seconds, accuracy) in enumerate(notes, start=1)
                ]


def report(rows):
    """Return the medians over all rounds as text, the soonest library first."""
    last = {}
    for library, seed, number, _, epoch, seconds, accuracy in rows:
        runs = last.setdefault((library, number), {}).setdefault(seed, (0, 0, 0))
        last[library, number][seed] = max(
            runs, (int(epoch), float(seconds), float(accuracy))
        )
    lines = {}
    for (library, number), runs in last.items():
        _, seconds, accuracies = zip(*runs.values(), strict=True)
        median, mean = statistics.median(seconds), statistics.mean(accuracies)
        extremes = f"{min(seconds):.2f} to {max(seconds):.2f}"
        named = f"{library} {number}"
        lines[median] = f"{named:<28}{median:7.2f} s  ({extremes})  {mean:.2%}"
    return "\n".join(lines[median] for median in sorted(lines))


def summary(rows):
    """Return what lesson 08 shows of the rows: the first epoch and the last."""
    runs = {}
    for library, seed, number, _, epoch, seconds, accuracy in rows:
        run = {"recipe": f"{library} {number}", "seed": seed}
        run = runs.setdefault((library, seed), run)
        if epoch == "1":
            run |= {"first_seconds": seconds, "first_accuracy": accuracy}
        run |= {"seconds": seconds, "accuracy": accuracy}  # the last stays
    return sweep.summary(runs.values())


def stored_rows():
    """Return the stored rows. Exits with a sentence if there are none."""
    if not TABLE.exists():
        sys.exit(f"No {TABLE.name} yet: measure on an idle machine, with --store.")
    with TABLE.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    if head != COLUMNS:
        sys.exit(f"{TABLE.name} should have the columns {', '.join(COLUMNS)}.")
    return rows


def main():
    """Measure the named libraries, or all that are installed, and print the medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="LIBRARY", help=", ".join(NEEDS))
    parser.add_argument("--rounds", type=int, default=5, help="runs of each (5)")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"({EPOCHS})")
    parser.add_argument("--store", action="store_true", help=f"write {TABLE.name}")
    parser.add_argument("--stored", action="store_true", help="measure nothing")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in NEEDS]:
        sys.exit(f"There is no library {unknown[0]!r} here, but {', '.join(NEEDS)}.")
    rows = stored_rows() if options.stored else []
    if not options.stored:
        names = installed(options.names or NEEDS)
        if options.store and (names, options.epochs) != ([*NEEDS], EPOCHS):
            sys.exit(f"What is stored is all libraries, with {EPOCHS} epochs.")
        for more in measured(names, options.rounds, options.epochs):
            rows += more
            if options.store:
                write_table(TABLE, [COLUMNS, *rows])
    if options.store:
        (lesson,) = lesson_paths(["08"])
        sweep.write_cell(lesson, summary(rows), "libraries")
    print(report(rows))


if __name__ == "__main__":
    main()
