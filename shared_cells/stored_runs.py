# @title How a lesson reads the runs that it stores
import numpy as np


def read_runs(text):
    """Return {recipe: {quantity: numbers}} of stored runs, each an array: one a run.

    text: a line "recipe | quantity | numbers" for each quantity of each recipe. Raises
    ValueError if a line is not like that.
    """
    runs = {}
    for line in text.strip().splitlines():
        try:
            recipe, quantity, numbers = line.split(" | ")
            runs.setdefault(recipe, {})[quantity] = np.array(numbers.split(), float)
        except ValueError:
            wanted = "recipe | quantity | numbers"
            raise ValueError(f"A stored line is not `{wanted}`: {line}") from None
    return runs
