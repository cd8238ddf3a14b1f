"""rocksdictPeer.py

RocksDB itself, as rocksdict has it, for whoever holds a reader against it: takes one command a line
from stdin, as JSON, and answers each with a line, `{"ok": ...}` or `{"error": "..."}`. Keys and values
are hex. A database that is opened stays open under its path until `close`.
"""

import hashlib
import json
import os
import struct
import sys

import rocksdict
from rocksdict import AccessType, BlockBasedOptions, Options, Rdict, WriteBatch, WriteOptions


def make_options(wanted):
    """Options of a database from `{"write_buffer_size": 4096, ..., "table": {"block_size": 256}}`."""
    options = Options(raw_mode=True)
    wanted = dict(wanted or {})
    table = BlockBasedOptions()
    for name, value in wanted.pop("table", {}).items():
        call(table, name, value)
    options.set_block_based_table_factory(table)
    for name, value in wanted.items():
        call(options, name, value)
    return options


def call(target, name, value):
    """`"DBCompressionType.zstd"` is such a constant; a list is that many arguments."""
    arguments = value if isinstance(value, list) else [value]
    getattr(target, "set_" + name)(*[constant(argument) for argument in arguments])


def constant(argument):
    if isinstance(argument, str) and argument.split(".")[0] in dir(rocksdict):
        kind, method = argument.split(".")
        return getattr(getattr(rocksdict, kind), method)()
    return argument


def families_of(path):
    """Names of the column families; with a MANIFEST that cannot be read, opening says what is wrong."""
    try:
        return [name for name in Rdict.list_cf(path) if name != "default"]
    except Exception:
        return []


def open_all(path, wanted=None, access=None):
    options = make_options(wanted)
    families = {name: make_options(wanted) for name in families_of(path)}
    access = access or AccessType.read_write()
    return Rdict(path, options, column_families=families, access_type=access), list(families)


def items_of(family):
    """In key order; raises what an iterator over a damaged table only keeps to itself."""
    iterator = family.iter()
    iterator.seek_to_first()
    while iterator.valid():
        yield iterator.key(), iterator.value()
        iterator.next()
    iterator.status()


def entries_of(family):
    return [[key.hex(), value.hex()] for key, value in items_of(family)]


def digest_of(family):
    """As the fixtures' expected.json has it."""
    digest = hashlib.sha256()
    count = 0
    for key, value in items_of(family):
        count += 1
        digest.update(struct.pack(">I", len(key)) + key + struct.pack(">I", len(value)) + value)
    return {"count": count, "digest": digest.hexdigest()}


class Peer:
    def __init__(self):
        self.open_databases = {}

    def family(self, path, name):
        database = self.open_databases[path]
        return database if name == "default" else database.get_column_family(name)

    def open(self, path, options=None):
        self.open_databases[path], names = open_all(path, options)
        return names

    def close(self, path):
        self.open_databases.pop(path).close()

    def write(self, path, operations, logged=True):
        database = self.open_databases[path]
        handles = {}
        batch = WriteBatch(raw_mode=True)
        for kind, name, key, value in operations:
            if name not in handles:
                handles[name] = database.get_column_family_handle(name)
            key = bytes.fromhex(key)
            if kind == "put":
                batch.put(key, bytes.fromhex(value), handles[name])
            elif kind == "delete":
                batch.delete(key, handles[name])
            else:
                batch.delete_range(key, bytes.fromhex(value), handles[name])
        how = WriteOptions()
        how.disable_wal = not logged
        database.write(batch, how)

    def flush(self, path, family):
        self.family(path, family).flush(True)

    def compact(self, path, family):
        self.family(path, family).compact_range(None, None)

    def create(self, path, family, options=None):
        self.open_databases[path].create_column_family(family, make_options(options))

    def drop(self, path, family):
        self.open_databases[path].drop_column_family(family)

    def scan(self, path, families):
        """All entries of an open database, by column family."""
        return {name: entries_of(self.family(path, name)) for name in families}

    def read(self, path, options=None, full=False):
        """What a database that is not open holds, after RocksDB's recovery: changes its files."""
        database, names = open_all(path, options)
        read = entries_of if full else digest_of
        found = {}
        try:
            for name in ["default", *names]:
                try:
                    found[name] = read(database if name == "default" else database.get_column_family(name))
                except Exception as error:
                    found[name] = {"error": str(error)}
        finally:
            database.close()
        return found

    def look_up(self, path, family, key):
        """One value of a database that is not open, as `read`."""
        database, _ = open_all(path)
        try:
            found = database if family == "default" else database.get_column_family(family)
            value = found.get(bytes.fromhex(key))
            return None if value is None else value.hex()
        finally:
            database.close()


def main():
    peer = Peer()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = {"ok": getattr(peer, command.pop("do"))(**command)}
        except Exception as error:
            answer = {"error": f"{error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
