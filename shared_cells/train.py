# @title Train the network, as in lesson 04
import keras

from shared_cells.build_model import build_model
from shared_cells.load_mnist import y_train
from shared_cells.parameters import EPOCHS, SEED
from shared_cells.vectors import x_train

steps = 48_000 // 128  # batches in one epoch
falling_rate = keras.optimizers.schedules.PolynomialDecay(
    initial_learning_rate=4e-3, decay_steps=EPOCHS * steps, end_learning_rate=0.0
)
model = build_model(SEED)
model.compile(
    optimizer=keras.optimizers.Adam(falling_rate),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    steps_per_execution=steps,
)
history = model.fit(
    x_train, y_train, batch_size=128, epochs=EPOCHS, validation_split=0.2, verbose=0
).history
