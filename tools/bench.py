"""Time the training recipe against Keras' defaults, in turns, on this machine.

    python tools/bench.py              # three rounds, about four minutes

Both run the cells of lesson 05 up to the training, each time in a fresh process; then
one runs the lesson's own `recap-train` cell, the other the same network and epochs
with batch_size=32 and Keras' defaults. Exits with 1 if the recipe takes more than a
third of the defaults' time.
"""

import json
import statistics
import subprocess
import sys

from execute import NOTEBOOKS, recipe
from tqdm import tqdm

ROUNDS = 3
LIMIT = 1 / 3

DEFAULTS = """
model = build_model(SEED)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=EPOCHS, validation_split=0.2, verbose=0)
"""
REPORT = """
import json, time
seconds = time.perf_counter() - started
accuracy = model.evaluate(x_train[48_000:], y_train[48_000:], verbose=0)[1]
print(json.dumps({"seconds": seconds, "accuracy": accuracy}))
"""


def main():
    """Time both contenders in turns and print the ratio; exit with 1 above LIMIT."""
    preparation, training = recipe()
    contenders = {"Keras' defaults": DEFAULTS, "the recipe": training}
    turns = [(name, contenders[name]) for _ in range(ROUNDS) for name in contenders]
    results = {name: [] for name in contenders}
    for name, contender in tqdm(turns, "bench", unit="run"):
        start = "import time\nstarted = time.perf_counter()"
        code = "\n".join([*preparation, start, contender, REPORT])
        run = subprocess.run(
            [sys.executable, "-c", code],
            cwd=NOTEBOOKS,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        results[name].append(json.loads(run.stdout.splitlines()[-1]))
    print(f"\n{'ten epochs':<18}{'seconds (median)':>18}{'validation accuracy':>22}")
    medians = {}
    for name, runs in results.items():
        medians[name] = statistics.median(run["seconds"] for run in runs)
        print(f"{name:<18}{medians[name]:18.1f}{runs[0]['accuracy']:22.3f}")
    ratio = medians["the recipe"] / medians["Keras' defaults"]
    print(
        f"\nThe recipe takes {ratio:.2f} of the defaults' time; the bar is {LIMIT:.2f}."
    )
    sys.exit(ratio > LIMIT)


if __name__ == "__main__":
    main()
