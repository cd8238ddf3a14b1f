"""tortureWriter.py FOLDER RATE SEED [SECONDS]

Writes FOLDER/store as fast as RATE batches a second allow (0: as fast as it goes), with tiny buffers,
and flushes, compacts, closes and opens again, and deletes the whole folder and makes it anew, logs
elsewhere or not. Ends after SECONDS, or when it is killed; begun again it goes on.

What a view must show depends on two numbers only, `base` and `n`, both in __metadata__: the first and
the last batch of this folder. Batch m writes

  default        k<m * 7919 mod 2000>  filler              one   k<m * 7919 mod 500>  filler
                 c<m mod 50>                                     c<m mod 50>
                 d<m mod 50>           deleted
                 d<m + 25 mod 50>      put after that
                 r*                    all deleted, where m mod 1000 is 0
                 r<m mod 200>          put after that
  __metadata__   n

and the value is always m, with a tail of m mod 90 bytes. FOLDER/progress has the last n as eight bytes,
written after the batch. Lines on stdout tell what happens, and when in ms since epoch: `remake` and
`remade` of the folder, and with no rate, each second, batches a second and microseconds of processor
time a batch.
"""

import os
import random
import shutil
import struct
import sys
import time

from rocksdict import BlockBasedOptions, Options, Rdict, WriteBatch

FAMILIES = ("one", "__metadata__")


def say(line):
    print(line, f"{time.time() * 1000:.0f}", flush=True)


def make_options(numbers, wal):
    options = Options(raw_mode=True)
    options.set_write_buffer_size(numbers.choice((65536, 262144, 1048576)))
    options.set_target_file_size_base(65536)
    options.set_level_zero_file_num_compaction_trigger(numbers.choice((2, 4)))
    options.set_max_total_wal_size(numbers.choice((200_000, 4_000_000)))
    options.set_max_background_jobs(2)
    table = BlockBasedOptions()
    table.set_block_size(numbers.choice((512, 4096)))
    if numbers.random() < 0.5:
        table.set_bloom_filter(10, False)
    options.set_block_based_table_factory(table)
    if wal:
        options.set_wal_dir(wal)
    return options


def value(m):
    return b"%d:" % m + b"x" * (m % 90)


class Writer:
    def __init__(self, folder, rate, seed):
        self.store = os.path.join(folder, "store")
        self.wal = os.path.join(folder, "wal")
        self.rate = rate
        self.numbers = random.Random(seed)
        self.progress = os.open(os.path.join(folder, "progress"), os.O_RDWR | os.O_CREAT)
        # A store whose logs are elsewhere must go on there.
        if not os.path.exists(os.path.join(self.store, "CURRENT")):
            self.remove()  # killed while it was made anew
        self.elsewhere = os.path.isdir(self.wal)
        self.n = struct.unpack("<Q", os.pread(self.progress, 8, 0).ljust(8, b"\0"))[0]
        self.open()

    def open(self):
        options = make_options(self.numbers, self.wal if self.elsewhere else None)
        families = {}
        if os.path.exists(os.path.join(self.store, "CURRENT")):
            families = {name: options for name in Rdict.list_cf(self.store) if name != "default"}
        self.database = Rdict(self.store, options, column_families=families)
        self.handles = {}
        for name in FAMILIES:
            if name not in families:
                self.database.create_column_family(name, options)
            self.handles[name] = self.database.get_column_family_handle(name)
        stored = self.database.get_column_family("__metadata__").get(b"n")
        if stored is None:
            self.write(first=True)
            self.tell()
            say("remade")
        else:
            # Killed between the batch and its telling: nothing is lost.
            assert int(stored.split(b":")[0]) >= self.n, "the store has lost batches"
            self.n = int(stored.split(b":")[0])

    def close(self):
        self.handles = {}
        self.database.close()

    def write(self, first=False):
        self.n += 1
        m = self.n
        new = value(m)
        one, metadata = (self.handles[name] for name in FAMILIES)
        batch = WriteBatch(raw_mode=True)
        if first:
            batch.put(b"base", b"%d" % m, metadata)
        batch.put(b"k%04d" % (m * 7919 % 2000), new)
        batch.put(b"c%04d" % (m % 50), new)
        batch.put(b"k%04d" % (m * 7919 % 500), new, one)
        batch.put(b"c%04d" % (m % 50), new, one)
        batch.delete(b"d%04d" % (m % 50))
        batch.put(b"d%04d" % ((m + 25) % 50), new)
        if m % 1000 == 0:
            batch.delete_range(b"r", b"s")
        batch.put(b"r%04d" % (m % 200), new)
        batch.put(b"n", new, metadata)
        self.database.write(batch)

    def tell(self):
        os.pwrite(self.progress, struct.pack("<Q", self.n), 0)

    def remove(self):
        shutil.rmtree(self.store, ignore_errors=True)
        shutil.rmtree(self.wal, ignore_errors=True)

    def remake(self):
        say("remake")
        self.close()
        self.remove()
        self.elsewhere = self.numbers.random() < 0.4
        self.open()

    def disturb(self):
        """Something that happens to a store, now and then."""
        what = self.numbers.random()
        if what < 0.25:
            self.database.flush(True)
        elif what < 0.4:
            self.database.get_column_family("one").flush(True)
        elif what < 0.55:
            self.database.compact_range(None, None)
        elif what < 0.85:
            self.close()
            self.open()
        elif what < 0.93:
            self.remake()

    def run(self, seconds):
        end = time.time() + seconds
        due = time.time()
        while time.time() < end:
            for _ in range(20):
                self.write()
            self.tell()
            if self.numbers.random() < 1 / 60:
                self.disturb()
                due = time.time()
            due += 20 / self.rate
            if due > time.time():
                time.sleep(max(0, due - time.time()))
        self.close()

    def race(self, seconds):
        """Without a rate: as fast as it goes."""
        start = time.time()
        while time.time() < start + seconds:
            began = time.time()
            before = self.n
            worked = time.process_time()
            while time.time() < began + 1:
                for _ in range(20):
                    self.write()
                self.tell()
            batches = self.n - before
            worked = (time.process_time() - worked) / batches
            say(f"{batches / (time.time() - began):.1f} {worked * 1e6:.3f}")
        self.close()


if __name__ == "__main__":
    writer = Writer(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
    lasting = float(sys.argv[4]) if len(sys.argv) > 4 else 1e9
    if writer.rate:
        writer.run(lasting)
    else:
        writer.race(lasting)
