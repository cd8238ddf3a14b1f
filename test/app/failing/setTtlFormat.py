"""Writes a TTL format that no quixstreams knows into a store."""

import sys

from rocksdict import AccessType, Options, Rdict

store = sys.argv[1]
options = Options(raw_mode=True)
families = {name: options for name in Rdict.list_cf(store, options)}
database = Rdict(store, options, families, AccessType.read_write())
database.get_column_family("__metadata__")[b"__ttl_format_version__"] = bytes(8)
database.close()
