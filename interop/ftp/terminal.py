"""Runs a program at a terminal, types at its prompts, and prints all that the terminal showed.

usage: terminal.py PROGRAM ARG... < STEPS

STEPS is JSON: pairs of a prompt that is waited for and what is typed then.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios

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


for prompt, keys in steps:
    while (at := shown.find(prompt.encode(), seen)) < 0:
        if not show_more():
            sys.exit(f"it ended before {prompt!r}: {shown[seen:]!r}")
    seen = at + len(prompt)
    os.write(terminal, keys.encode())
while show_more():
    pass
os.waitpid(child, 0)
sys.stdout.buffer.write(shown)
