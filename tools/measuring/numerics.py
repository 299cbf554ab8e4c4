"""Measure how far the pinned numerics reproduce the reference recipe, and without them.

    python -m tools.measuring.numerics         # about five minutes

Trains the course's recipe in fresh processes: as it is, with other numbers of
threads asked for, and with newer processor instructions hidden, which simulates older
machines on this one. Each condition is trained twice with the lesson's pins and twice
without. The fingerprints and accuracies go to measured/numerics.csv, from which
the README's section is tested.
"""

import json
import os
import subprocess
import sys

from tqdm import tqdm

from tools.course import MEASURED, NOTEBOOKS, write_table
from tools.measuring.training import reference_program

NUMERICS = MEASURED / "numerics.csv"
THREADS = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)
# NumPy, glibc (memory and mathematics) and oneDNN each choose their instructions.
AVX2 = {
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL",
}
SSE = {
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX2,-AVX,-FMA",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL",
}
CONDITIONS = {
    "as it is": {},
    "one thread asked for": dict.fromkeys(THREADS, "1"),
    "two threads asked for": dict.fromkeys(THREADS, "2"),
    "eight threads asked for": dict.fromkeys(THREADS, "8"),
    "AVX-512 hidden": AVX2,
    "AVX and AVX2 hidden": SSE,
}
REPORT = """
import json
weights = np.concatenate([values.ravel() for values in model.get_weights()])
print(json.dumps({
    "fingerprint": hashlib.sha256(weights.tobytes()).hexdigest()[:16],
    "accuracy": model.evaluate(x_test, y_test, batch_size=1000, verbose=0)[1],
}))
"""


def train(environment, pinned=True):
    """Train the recipe in a fresh process with more environment.

    Returns {"fingerprint": 16 hexadecimal digits, "accuracy": test accuracy, 0 to 1}.
    """
    run = subprocess.run(
        [sys.executable, "-c", reference_program(pinned) + REPORT],
        cwd=NOTEBOOKS,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout.splitlines()[-1])


def main():
    """Train twice under every condition, pinned and not; write and print the table."""
    jobs = [(c, p, n) for p in (True, False) for c in CONDITIONS for n in (1, 2)]
    rows = []
    for condition, pinned, number in tqdm(jobs, "numerics", unit="run"):
        result = train(CONDITIONS[condition], pinned)
        how = "pinned" if pinned else "unpinned"
        rows.append([how, condition, number, *result.values()])
    columns = "how", "condition", "run", "fingerprint", "accuracy"
    write_table(NUMERICS, [columns, *rows])
    for how, condition, number, fingerprint, accuracy in rows:
        print(f"{how:<9} {condition:<24} {number}  {fingerprint}  {accuracy:.4f}")


if __name__ == "__main__":
    main()
