"""The cells that stand in several lessons, a file each; `make refresh` puts them there.

A file runs as a module, too. What it imports from the others of this folder, a lesson
has from the cells above, so these lines are left out there. As in a lesson, import
`shared_cells.setup` before those that use Keras: it fixes the arithmetic.
"""
