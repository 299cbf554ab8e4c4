"""The figures of lesson 02 show what their titles, labels and descriptions say."""

from figures import has, image_in, numbers_in, of, same, says


@of("02 trace-one-pixel-3")
def test_pixel_is_marked_where_the_text_says(drawn, mnist):
    left, right = drawn.panels
    has(left, lines=1, patches=1)
    has(right, texts=1, patches=1)
    row, column, position = numbers_in(right.texts[0].get_text(), 3)
    same(position, 28 * row + column, "row, column and position do not fit")
    same(image_in(left), mnist.x_train[0], "this is not training image 0")
    same(image_in(right), [mnist.x_train[0].ravel()], "the strip is not row after row")
    same(right.images[0].get_extent(), [0, 784, 0, 1], "the strip's ticks are off")
    same(left.lines[0].get_data(), [[column], [row]], "the cross is at another pixel")
    same(right.texts[0].xy[0], position, "the red line misses the position", within=1)
    outline, part = (ax.patches[0].get_bbox() for ax in drawn.panels)
    around = [-0.5, row - 0.5, 27.5, row + 0.5]
    same(outline.extents, around, "the outline in the image is not around the row")
    start, end = 28 * row, 28 * row + 28
    same(part.intervalx, [start, end], "the outline in the strip is not the row's")
    same(left.get_title(), "Image: 28 rows, 28 columns", "this title is another's")
    words = f"position {position}", f"row {row}", f"positions {start} to {end - 1}"
    says(drawn, "Vector: one row of 784", "column | row; position | ", *words)
