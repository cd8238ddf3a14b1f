"""writeTwoLogs.py DIR: a database that its process left without closing it, with two write-ahead logs.

`default` is flushed in between and needs the second log only; `slow` needs both.
"""

import os
import sys

from rocksdict import AccessType, Options, Rdict

options = Options(raw_mode=True)
options.create_if_missing(True)
options.create_missing_column_families(True)
database = Rdict(
    sys.argv[1], options, column_families={"default": options, "slow": options}, access_type=AccessType.read_write()
)
slow = database.get_column_family("slow")
for n in range(40):
    slow[b"a%03d" % n] = b"slow %d" % n
    database[b"k%03d" % n] = b"first %d" % n
database.flush()
for n in range(40):
    slow[b"b%03d" % n] = b"slow %d" % n
    database[b"m%03d" % n] = b"second %d" % n
os._exit(0)
