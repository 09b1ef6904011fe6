#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""in_image.py ROOT CAPABILITY,… COMMAND…: runs a command of an unpacked image as a container runtime would, without one.

The user is that of the image, the bounding set is the capabilities (numbers) and nothing else; capabilities of the file count.
Call it in a mount namespace of its own: unshare --mount --propagation private.
"""
import ctypes
import os
import subprocess
import sys

PR_CAPBSET_DROP = 24
USER = 10001


def main():
    root, capabilities, *command = sys.argv[1:]
    allowed = {int(number) for number in capabilities.split(",") if number}
    for place in ("/proc", "/sys"):
        subprocess.run(["mount", "--rbind", place, root + place], check=True)
    with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as file:
        last = int(file.read())
    os.chroot(root)
    os.chdir("/")
    libc = ctypes.CDLL(None, use_errno=True)
    for number in set(range(last + 1)) - allowed:
        if libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0) < 0:
            raise OSError(ctypes.get_errno(), f"cannot drop capability {number}")
    os.setgroups([])
    os.setgid(USER)
    os.setuid(USER)
    os.execve(command[0], command, {"PATH": "/usr/bin"})


main()
