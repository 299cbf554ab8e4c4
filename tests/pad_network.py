"""The network inside the drawing pad's page, as the tests read it."""

import base64
import json
import re

import numpy as np


def stored_network(page):
    """Return the network in the text of a page with the pad, as the lesson's JSON."""
    (text,) = re.findall("const NETWORK = (.+);", page)
    return json.loads(text)


def numbers(text, kind):
    """Return what base64 text holds as an array of a kind of numbers."""
    return np.frombuffer(base64.b64decode(text, validate=True), kind)


def layers_of(network):
    """Return (weights, bias) of each layer, the weights made of their whole numbers."""
    return [
        (
            numbers(layer["weights"], "int8").reshape(layer["inputs"], layer["units"])
            * numbers(layer["scale"], "<f4"),
            numbers(layer["bias"], "<f4"),
        )
        for layer in network["layers"]
    ]


def scores_of(layers, values):
    """Return the ten scores, before softmax, of pixels (784,) or (n, 784) in [0, 1]."""
    for weights, bias in layers:
        scores = values @ weights + bias
        values = np.maximum(scores, 0)
    return scores
