"""A service that reads handwritten digits: python service.py WEIGHTS.npz

Whoever sends a PNG of 28 x 28 pixels, bright ink on black, to /read gets the digit and
ten probabilities. It answers this computer alone, reads no path from a request and
keeps nothing. What it cannot read it refuses with a status and a sentence.
"""

import argparse
import asyncio
import contextlib
import io
import os
import socket
import sys
import threading
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse
from PIL import Image
from starlette.requests import ClientDisconnect

LARGEST = 20_000  # bytes of a request: a PNG of 28 x 28 pixels takes some 300
AT_ONCE = 32  # requests, those that are still arriving included
PATIENCE = 5  # seconds that one may take to arrive
# On a page with the course's pad: what this service reads in its picture.
BESIDE = """<p id="service" role="status" style="position: fixed; right: 9px; bottom: 0;
  margin: 0; padding: 0 9px; font: 18px/2 sans-serif; background: Canvas"></p><script>
addEventListener("pointerup", () => setTimeout(async () => {
  const pad = document.querySelector(".digit-pad").digitPad, grey = pad.page();
  const side = Math.sqrt(grey.length), width = 28, height = 28;
  const { picture } = pad.prepare({ grey, width: side, height: side }, []);
  if (!picture) return;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const seen = new ImageData(width, height);
  picture.forEach((p, i) => seen.data.set([...Array(3).fill(255 * p), 255], 4 * i));
  canvas.getContext("2d").putImageData(seen, 0, 0);
  const body = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const said = await (await fetch("read", { method: "POST", body })).json();
  const sure = said.confidence > 0.99 ? "over 99" : Math.round(100 * said.confidence);
  document.querySelector("#service").textContent =
    said.detail ?? `The service reads ${said.digit}, ${sure} % sure.`;
}, 300));
</script>"""


def arrays_in(path):
    """Return weights and biases, layer by layer, of an .npz file."""
    with np.load(path) as file:  # which refuses a pickle
        return [array.astype("float32") for array in file.values()]


def probabilities_of(weights, x):
    """Return ten probabilities for each row of x, shape (n, 784), from 0 to 1."""
    *hidden, (last, bias) = zip(weights[::2], weights[1::2], strict=True)
    for matrix, offset in hidden:
        x = np.maximum(x @ matrix + offset, 0)
    logits = x @ last + bias
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


async def content_of(request):
    """Return a request's bytes, as long as they are not too many, and soon there."""
    content = b""
    async with asyncio.timeout(PATIENCE):
        async for part in request.stream():
            content += part
            if len(content) > LARGEST:
                raise HTTPException(413, f"Too large: send at most {LARGEST:,} bytes.")
    return content


def pixels_of(content):
    """Return a picture as shape (1, 784), from 0 to 1, or refuse it in a sentence."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            size = picture.size  # known before any pixel is unpacked
            if size == (28, 28):
                return np.asarray(picture.convert("L"), "float32").reshape(1, 784) / 255
    except Exception:
        raise HTTPException(415, "That is no picture: send a PNG.") from None
    said = "{} x {} pixels are too many or too few: send 28 x 28."
    raise HTTPException(422, said.format(*size))


def make_app(weights, page=None):
    """Return the service as an app that reads with `weights`; page: HTML, or None."""
    app = FastAPI(title="Digit reader", docs_url=None, redoc_url=None)
    at_work = set()

    @app.post("/read")
    async def read(request: Request):
        if len(at_work) >= AT_ONCE:
            said = "Too many ask at once: try again in a second."
            raise HTTPException(503, said, {"Retry-After": "1"})
        at_work.add(request)
        try:
            ten = probabilities_of(weights, pixels_of(await content_of(request)))[0]
        except (ClientDisconnect, TimeoutError):
            raise HTTPException(408, "The picture did not arrive in time.") from None
        finally:
            at_work.discard(request)
        answer = {"digit": int(ten.argmax()), "confidence": float(ten.max())}
        return answer | {"probabilities": ten.tolist()}

    @app.get("/")
    def front():
        return HTMLResponse(page or "<p>Send a PNG to /read, by POST.</p>")

    @app.exception_handler(404)
    @app.exception_handler(405)
    async def elsewhere(request, error):
        said = "There is nothing here: send a PNG of 28 x 28 pixels to /read, by POST."
        return JSONResponse({"detail": said}, error.status_code)

    return app


def end_with_stdin():
    """End this program as soon as whoever started it is gone."""
    while os.read(0, 1024):  # which holds no lock that would hinder the end
        pass
    os._exit(0)


def main():
    """Serve until interrupted; say where in a line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("weights", type=Path, help="an .npz file, layer by layer")
    parser.add_argument("--page", type=Path, help="the course's pad, to stand in front")
    parser.add_argument("--port", type=int, default=0, help="0: one that is free")
    parser.add_argument("--host", default="127.0.0.1", help="other than this computer")
    parser.add_argument("--with-stdin", action="store_true", help="end when it ends")
    options = parser.parse_args()
    page = options.page and options.page.read_text(encoding="utf-8")
    page = page and page.replace("</body>", f"{BESIDE}</body>").replace(
        "no picture leaves it.", "and each picture goes to the service as well."
    )
    app = make_app(arrays_in(options.weights), page)
    if options.with_stdin:
        threading.Thread(target=end_with_stdin, daemon=True).start()
    try:
        door = socket.create_server((options.host, options.port))
    except OSError as error:
        sys.exit(f"No door at {options.host}, port {options.port}: {error.strerror}.")
    print(f"Ready at http://{options.host}:{door.getsockname()[1]}", flush=True)
    # No log of who asked what; a request that hangs is not waited for.
    settings = {"log_level": "error", "access_log": False, "server_header": False}
    config = uvicorn.Config(app, timeout_graceful_shutdown=1, **settings)
    uvicorn.Server(config).run(sockets=[door])


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
