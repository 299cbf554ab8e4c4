"""The figures of lesson 02 show what their titles, labels and descriptions say."""

import numpy as np

from figures import has, of, same, says, upright_in


@of("02 trace-one-pixel-3")
def test_rows_of_the_image_are_laid_end_to_end(drawn, mnist):
    image, rows, vector = drawn.panels
    cut = upright_in(image).get_array()
    papers = cut[:, :1]  # the first column holds no ink: there, a row's colour shows
    same(cut / papers, np.repeat(1 - mnist.x_train[0][:, :, None] / 255, 3, 2), "the 5")
    for above, below in zip(papers[:-1, 0], papers[1:, 0], strict=True):
        assert abs(above - below).max() > 0.1, "two neighbouring rows look alike"
    strip = upright_in(vector)
    same(strip.get_array(), cut.reshape(1, 784, 3), "the strip is not row after row")
    same(strip.get_extent(), [0, 784, 0, 1], "the strip's positions are off")
    *single, joined = rows.images
    chosen = [5, 6, 7]
    has(rows, patches=1)
    for row, part in zip(chosen, single, strict=True):
        same(part.get_array(), cut[[row]], f"this strip is not row {row}")
        left, right, *_ = part.get_extent()
        same([left, right], [28 * row, 28 * row + 28], f"row {row} is elsewhere")
    same(joined.get_array(), cut[5:8].reshape(1, 84, 3), "the rows are joined wrongly")
    same(joined.get_extent()[:2], [140, 224], "the joined rows are elsewhere")
    texts = {text.get_text(): text.get_position()[0] for text in rows.texts}
    for row in chosen:
        assert f"row {row}" in texts, f"row {row} has no name"
        same(texts[str(28 * row)], 28 * row, "a position stands at another place")
    boxes = [ax.patches[0].get_bbox() for ax in drawn.panels]
    same(np.round(boxes[0].intervaly), [4, 8], "the box is not around rows 5 to 7", 0.5)
    for box in boxes[1:]:
        same(box.intervalx, [140, 224], "a box is not around the three rows")
    same(image.get_title(), "A 5, cut into 28 rows", "this title is another's")
    words = "28 rows", "rows 5, 6 and 7", "from position 140 to 224", "end to end"
    says(drawn, "a vector of 784 numbers", "position | ", *words)
