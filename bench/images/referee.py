"""Scores pictures and runs encoders that are Python packages, as told on its input; one line of JSON each.

{"do": "score", "one", "other"}: SSIMULACRA2 of two PNG files. {"do": "jpegli", "file", "quality", "out"} and
{"do": "oxipng", "file", "out"}: encode a PNG file and answer {"cpuMs"}. {"do": "installed"}: which of these there are.
"""
import importlib.util
import json
import shutil
import sys
import time

PACKAGES = {"score": "ssimulacra2", "jpegli": "pyjpegli", "oxipng": "oxipng", "pillow": "PIL"}


def score(job):
    from ssimulacra2 import compute_ssimulacra2

    return {"score": float(compute_ssimulacra2(job["one"], job["other"]))}


def jpegli(job):
    import pyjpegli
    from PIL import Image

    image = Image.open(job["file"]).convert("RGB")
    pixels = image.tobytes()
    before = time.process_time()
    data = pyjpegli.encode(pixels, image.width, image.height, job["quality"])
    spent = time.process_time() - before
    open(job["out"], "wb").write(data)
    return {"cpuMs": spent * 1000}


def oxipng(job):
    import oxipng as package

    shutil.copyfile(job["file"], job["out"])
    before = time.process_time()
    package.optimize(job["out"], level=4)
    return {"cpuMs": (time.process_time() - before) * 1000}


def installed(_):
    return {"installed": [name for name, package in PACKAGES.items() if importlib.util.find_spec(package)]}


for line in sys.stdin:
    job = json.loads(line)
    print(json.dumps({"score": score, "jpegli": jpegli, "oxipng": oxipng, "installed": installed}[job["do"]](job)), flush=True)
