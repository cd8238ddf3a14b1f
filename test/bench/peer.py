"""rocksdict in raw mode: the commands of peer.c, one a line on stdin, one JSON object a line on stdout.

    open MODE DIR [FILES]     readonly | secondary (its own files go to DIR.secondary-python); at most FILES open
    first | scan | count | search NEEDLE | lookups FILE | get KEY | catchup | memory | close

It writes its configuration beside the database even when it only reads: give it a copy.
"""

import json
import resource
import struct
import sys
from itertools import islice
from time import perf_counter

from rocksdict import AccessType, BlockBasedOptions, Cache, Options, Rdict, ReadOptions

FIRST_PAGE = 100
CACHE_BYTES = 64 << 20


def reading(readahead=0):
    options = ReadOptions()
    options.set_verify_checksums(True)
    if readahead:
        options.set_readahead_size(readahead)
    return options


class Peer:
    def __init__(self):
        # One cache for all openings, so that a second finds it warm.
        self.tables = BlockBasedOptions()
        self.tables.set_block_cache(Cache(CACHE_BYTES))

    def open(self, mode, directory, files="-1"):
        start = perf_counter()
        access = (
            AccessType.secondary(directory + ".secondary-python")
            if mode == "secondary"
            else AccessType.read_only(False)
        )
        options = Options(raw_mode=True)
        options.set_max_open_files(int(files))
        options.set_block_based_table_factory(self.tables)
        options.set_skip_stats_update_on_db_open(True)
        self.database = Rdict(directory, options, {"default": options}, access)
        return {"seconds": perf_counter() - start}

    def first(self):
        start = perf_counter()
        entries = list(islice(self.database.items(read_opt=reading()), FIRST_PAGE))
        seconds = perf_counter() - start
        return {
            "seconds": seconds,
            "count": len(entries),
            "bytes": sum(len(k) + len(v) for k, v in entries),
        }

    def scan(self, readahead="0"):
        start = perf_counter()
        count = size = 0
        for key, value in self.database.items(read_opt=reading(int(readahead))):
            count += 1
            size += len(key) + len(value)
        return {"seconds": perf_counter() - start, "count": count, "bytes": size}

    def count(self, readahead="0"):
        start = perf_counter()
        count = sum(1 for _ in self.database.keys(read_opt=reading(int(readahead))))
        return {"seconds": perf_counter() - start, "count": count, "bytes": 0}

    def search(self, needle):
        start = perf_counter()
        needle = needle.encode()
        count = size = 0
        for key, value in self.database.items(read_opt=reading()):
            if needle in key or needle in value:
                count += 1
                size += len(key) + len(value)
        return {"seconds": perf_counter() - start, "count": count, "bytes": size}

    def lookups(self, file):
        with open(file, "rb") as stream:
            packed = stream.read()
        keys, at = [], 0
        while at < len(packed):
            (length,) = struct.unpack_from("<I", packed, at)
            keys.append(packed[at + 4 : at + 4 + length])
            at += 4 + length
        start = perf_counter()
        values = [value for value in self.database.get(keys) if value is not None]
        return {
            "seconds": perf_counter() - start,
            "count": len(values),
            "bytes": sum(map(len, values)),
        }

    def get(self, key):
        value = self.database.get(key.encode())
        return {"found": value is not None, "bytes": len(value or b"")}

    def catchup(self):
        start = perf_counter()
        self.database.try_catch_up_with_primary()
        return {"seconds": perf_counter() - start}

    def memory(self):
        return {"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}

    def close(self):
        self.database.close()
        return {}


def main():
    peer = Peer()
    for line in sys.stdin:
        verb, *rest = line.split()
        print(json.dumps(getattr(peer, verb)(*rest)), flush=True)


if __name__ == "__main__":
    main()
