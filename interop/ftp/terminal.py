"""Runs a program at a terminal, types at its prompts, and prints all that the terminal showed.

usage: terminal.py PROGRAM ARG... < STEPS

STEPS is JSON: lists of a prompt that is waited for, what is typed then, and where it stands the path of a file that
must have something in it before that.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

TIME_LIMIT = 20

steps = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    # Before the program runs, for the signal of a changed size would break off what tnftp reads.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.environ["TERM"] = "dumb"
    os.execvp(sys.argv[1], sys.argv[1:])

shown = b""
seen = 0


def show_more():
    """Takes in what the program writes; False when it has ended."""
    global shown
    if not select.select([terminal], [], [], TIME_LIMIT)[0]:
        sys.exit("it says nothing: " + repr(shown[seen:]))
    try:
        data = os.read(terminal, 65536)
    except OSError:
        data = b""
    shown += data
    return data != b""


def wait_for_bytes(path):
    """Looks at a file until it is not empty."""
    until = time.monotonic() + TIME_LIMIT
    while not os.path.exists(path) or os.path.getsize(path) == 0:
        if time.monotonic() > until:
            sys.exit(f"{path} is still empty: {shown[seen:]!r}")
        time.sleep(0.005)


for prompt, keys, *files in steps:
    while (at := shown.find(prompt.encode(), seen)) < 0:
        if not show_more():
            sys.exit(f"it ended before {prompt!r}: {shown[seen:]!r}")
    seen = at + len(prompt)
    for path in files:
        wait_for_bytes(path)
    os.write(terminal, keys.encode())
while show_more():
    pass
os.waitpid(child, 0)
sys.stdout.buffer.write(shown)
