"""As read-dotenv.mjs, for python-dotenv."""
import io
import logging
import sys

import dotenv

logging.disable(logging.CRITICAL)
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    texts = file.read().split("\0")
for text in texts:
    entries = dotenv.dotenv_values(stream=io.StringIO(text, newline=None))
    words = [str(len(entries))]
    for name, value in entries.items():
        words += [name, value or ""]
    sys.stdout.buffer.write("".join(word + "\0" for word in words).encode("utf-8"))
