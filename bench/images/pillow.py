"""Makes thumbnails with Pillow: reads one {"file", "sides"} per line and answers {"cpuMs"}.

Without sides it only decodes, at an eighth of the size: the least that a small thumbnail of a JPEG can cost."""
import io
import json
import sys
import time

from PIL import Image, ImageOps

for line in sys.stdin:
    job = json.loads(line)
    data = open(job["file"], "rb").read()
    before = time.process_time()
    if not job["sides"]:
        image = Image.open(io.BytesIO(data))
        image.draft("RGB", (image.width // 8, image.height // 8))
        image.load()
        print(json.dumps({"cpuMs": (time.process_time() - before) * 1000}), flush=True)
        continue
    # Each size from the one before, largest first: the best usual way with Pillow. thumbnail() lets JPEG shrink while it
    # loads.
    image = Image.open(io.BytesIO(data))
    image.thumbnail((job["sides"][0],) * 2, Image.Resampling.LANCZOS)
    image = ImageOps.exif_transpose(image).convert("RGB")
    for side in job["sides"]:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        image.save(io.BytesIO(), "JPEG", quality=80)
    print(json.dumps({"cpuMs": (time.process_time() - before) * 1000}), flush=True)
