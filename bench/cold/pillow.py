"""The same in Python: reads one object from S3 and writes its 200-pixel thumbnail back.

python pillow.py <endpoint> <bucket> <key> <thumbnails bucket>"""
import io
import sys

import boto3
from PIL import Image, ImageOps

endpoint, bucket, key, thumbnails = sys.argv[1:]
s3 = boto3.client("s3", endpoint_url=endpoint)
image = Image.open(io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read()))
image.draft("RGB", (400, 400))
image = ImageOps.exif_transpose(image)
image.thumbnail((200, 200))
out = io.BytesIO()
image.save(out, "JPEG", quality=80)
s3.put_object(
    Bucket=thumbnails, Key="pillow.jpg", Body=out.getvalue(), ContentType="image/jpeg"
)
