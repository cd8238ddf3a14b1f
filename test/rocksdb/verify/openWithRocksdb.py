"""openWithRocksdb.py DIR...: opens each database as Quix Streams does and reads all of it.

One line of JSON for each: {"open": "ok" or RocksDB's error, "read": {column family: "ok" or the error}, "keys": {column family: [hex]}}.
Opening changes a database: give it copies.
"""

import json
import sys

from rocksdict import AccessType, Options, Rdict


def look(directory):
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.create_missing_column_families(True)
    names = ["default"]
    try:
        try:
            names = Rdict.list_cf(directory, options)
            families = {name: options for name in names}
        except Exception:
            families = None
        access = AccessType.read_write()
        if families is None:
            database = Rdict(directory, options, access_type=access)
        else:
            database = Rdict(directory, options, column_families=families, access_type=access)
    except Exception as error:
        return {"open": str(error).strip(), "read": {}, "keys": {}}
    read, keys = {}, {}
    for name in names:
        family = database if name == "default" else database.get_column_family(name)
        rows = family.iter()
        rows.seek_to_first()
        keys[name] = []
        while rows.valid():
            keys[name].append(rows.key().hex())
            rows.next()
        try:
            rows.status()
            read[name] = "ok"
        except Exception as error:
            read[name] = str(error).strip()
        del rows, family
    database.close()
    return {"open": "ok", "read": read, "keys": keys}


for path in sys.argv[1:]:
    print(json.dumps(look(path)))
