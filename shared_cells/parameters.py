"""What the lessons' own cells tagged `parameters` set; this file is no cell."""

SEED = 1  # where every random choice below starts from
EPOCHS = 10  # how many times training goes through the images
