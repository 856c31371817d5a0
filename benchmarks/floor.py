"""The floor below every reader: walk a folder and read every byte of it, and nothing else; prints the seconds it took.

python benchmarks/floor.py SWEEP
"""

import mmap
import os
import sys
import time


def read_everything(folder: str, buffer: mmap.mmap) -> int:
    size = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                size += read_everything(entry.path, buffer)
            else:
                descriptor = os.open(entry.path, os.O_RDONLY)
                while count := os.readv(descriptor, (buffer,)):
                    size += count
                os.close(descriptor)
    return size


if __name__ == "__main__":
    memory = mmap.mmap(-1, 1 << 20)
    start = time.perf_counter()
    read_everything(sys.argv[1], memory)
    print(time.perf_counter() - start)
