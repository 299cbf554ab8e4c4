"""Write the film of lesson 04's training, for the README: figures/training.gif.

    python -m tools.publishing.film      # half a minute

The lesson shows six moments of one training; the film shows more of the same one. What
the lesson defines trains, keeps the weights, and draws neurons and answer.
"""

import os
import sys

import nbformat
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.animation import PillowWriter

from tools.course import FIGURES, lesson_paths

TARGET = FIGURES / "training.gif"
LIMIT = 1_500_000  # bytes
COLOURS = 9  # of the weights: more make the file several times as large
# Often at first, when most happens, and then three times an epoch.
STEPS = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, *range(375, 3751, 125)]
PAUSES = {0: 4, 3750: 12}  # frames, of which four take a second


def tell_size(path, moments):
    """Print how large a film is; exit with a sentence if it is too large."""
    size = path.stat().st_size
    if size > LIMIT:
        sys.exit(f"{path.name} takes {size:,} bytes, more than {LIMIT:,}.")
    print(f"{path.name}: {moments} moments, {size:,} bytes")


def lesson_names():
    """Execute what lesson 04 defines up to its film; return the names by name."""
    (path,) = lesson_paths(["04"])
    os.chdir(path.parent)
    names = {}
    for cell in nbformat.read(path, as_version=4).cells:
        tags = set(cell.metadata.get("tags", []))
        plumbing = {"setup", "imports", "parameters", "sweep", "drawing"} & tags
        recap = any(tag.startswith("recap-") for tag in tags)
        if (plumbing or recap) and "alt" not in cell.metadata:
            exec(compile(cell.source, cell.id, "exec"), names)
        if "film_of" in names:
            break
    return names


def draw(axes, names, film, step):
    """Draw the moment after `step`: neurons, share read right so far, image, answer."""
    for ax in axes.values():
        ax.clear()
    model, seen = names["frame_model"], [past for past in film if past <= step]
    model.set_weights(film[step][0])
    names["draw_neurons"](axes["neurons"], film[step][0][0], rows=2)
    (picture,) = axes["neurons"].images
    picture.set(cmap=names["SIGNED"].resampled(COLOURS), interpolation="nearest")
    axes["neurons"].set_title(f"step {step:,}: the weights of eight neurons")
    shares = [film[past][1] for past in seen]
    axes["curve"].plot(seen, shares, color=names["BLUE"])
    axes["curve"].plot(step, shares[-1], "o", color="black", clip_on=False)
    axes["curve"].text(STEPS[-1], 0.06, f"{shares[-1]:.0%}", ha="right", weight="bold")
    axes["curve"].set_xscale("symlog", linthresh=1)
    axes["curve"].set(title="read right", xlabel="step", xlim=(0, STEPS[-1]))
    axes["curve"].set(ylim=(0, 1.04), xticks=[1, 100], xticklabels=["1", "100"])
    image = np.reshape(names["x_val"][names["DOUBTFUL"]], (28, 28))
    axes["image"].imshow(image, cmap="gray_r", interpolation="nearest")
    axes["image"].set(title="an image", xticks=[], yticks=[])
    names["draw_answer"](axes["answer"], model)
    axes["answer"].set_title("is probably a ...")


def main():
    """Train, and write the film; exit with a sentence if it is another training."""
    names = lesson_names()
    images, labels = names["x_val"][:3000], names["y_val"][:3000]
    film = {}
    for step, weights in names["film_of"](names["EPOCHS"], STEPS).items():
        names["frame_model"].set_weights(weights)
        answers = np.argmax(names["frame_model"](images), axis=1)
        film[step] = weights, (answers == labels).mean()
    ends = zip(film[STEPS[-1]][0], names["model"].get_weights(), strict=True)
    if not all(np.array_equal(filmed, trained) for filmed, trained in ends):
        sys.exit("The film ends with other weights than the lesson's training.")
    plt.rcParams["font.size"] = 13
    fig, axes = plt.subplot_mosaic(
        [["neurons"] * 3, ["curve", "image", "answer"]],
        figsize=(7, 5),
        width_ratios=(2, 0.9, 2),
        height_ratios=(1.1, 0.8),
        layout="constrained",
    )
    writer = PillowWriter(fps=4)
    with writer.saving(fig, TARGET, dpi=120):
        for step in film:
            for _ in range(PAUSES.get(step, 1)):
                draw(axes, names, film, step)
                writer.grab_frame()
    tell_size(TARGET, len(film))


if __name__ == "__main__":
    main()
