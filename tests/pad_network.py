"""The network inside the drawing pad's page, as the tests read it."""

import base64
import json
import re
import zlib

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


def record_of(page, shapes):
    """Return lesson 09's network in the text of the page alone, as `layers_of` does.

    shapes: (inputs, units) of each layer, in whose order the numbers are stored.
    """
    (text,) = re.findall('const RECORD = "(.+?)";', page)
    content = zlib.decompress(base64.b64decode(text, validate=True))
    layers, start = [], 0
    for inputs, units in shapes:
        whole = np.frombuffer(content, "int8", inputs * units, start)
        scale, bias = np.frombuffer(
            content, "<f4", 2 * units, start + inputs * units
        ).reshape(2, units)
        layers.append((whole.reshape(inputs, units) * scale, bias))
        start += inputs * units + 8 * units
    assert start == len(content)
    return layers


def explained(layers, pixels):
    """Return (values, slopes) of pixels (784,): what is inside a network, and why.

    values: of the neurons of each layer, after ReLU but for the ten scores; slopes: for
    each layer, (784, units), by how much a neuron's sum grows with each pixel.
    """
    values, slopes, passed = [], [], np.eye(len(pixels))
    for number, (weights, bias) in enumerate(layers):
        sums = (values[-1] if values else pixels) @ weights + bias
        slopes.append(passed @ weights)
        is_last = number == len(layers) - 1
        values.append(sums if is_last else np.maximum(sums, 0))
        passed = slopes[-1] * (sums > 0)
    return values, slopes
