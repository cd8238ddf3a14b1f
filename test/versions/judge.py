"""judge.py MODULE: what quixstreams' own classes read of state folders, in this version's words.

MODULE (parts, realApp) has the app's windows and message keys. For each line of the input, a consumer group's folder that
nobody else uses (RocksDB recovers its stores, which changes them), it prints one line of JSON:

  { "stores": { store (from the group's folder): { "kind": …, "facts": { what: value } } } } or { "error": … }

The facts are texts, one for each thing that is compared; `shown.ts` writes the same of what we read. JSON in them is as
quixstreams writes it (orjson), bytes are hex.
"""
import importlib
import inspect
import json
import logging
import os
import sys
import traceback
from functools import partial
from unittest.mock import MagicMock

from quixstreams.dataframe import StreamingDataFrame
from quixstreams.state.rocksdb import RocksDBStore
from quixstreams.state.rocksdb.windowed.serialization import parse_window_key
from quixstreams.state.rocksdb.windowed.store import WindowedRocksDBStore
from quixstreams.utils.json import dumps, loads
from parts import collects

try:
    from quixstreams.state.rocksdb.timestamped import TimestampedStore
except ImportError:
    TimestampedStore = None

logging.disable(logging.ERROR)
module = importlib.import_module(sys.argv[1])
NOTHING = object()
METADATA = b'|"metadata"'
AFTER_ALL = 2**55


def text(value):
    return dumps(value).decode()


def prefix_of(key):
    return key if isinstance(key, bytes) else dumps(key)


KEYS = {prefix_of(key): key for key in module.ALL_KEYS}


def key_fact(key):
    return "bytes " + key.hex() if isinstance(key, bytes) else "json " + text(key)


def frame():
    """A dataframe that makes windows, and nothing else."""
    mock = MagicMock()
    for name in ("tumbling", "hopping", "sliding", "session", "tumbling_count", "hopping_count", "sliding_count"):
        own = getattr(StreamingDataFrame, f"{name}_window", None)
        if own is None:
            delattr(mock, f"{name}_window")
        else:
            setattr(mock, f"{name}_window", partial(own, mock))
    return mock


def windows():
    """The windows by the names of their stores, and what each is."""
    found = {}
    for what in module.WINDOWS:
        window = module.made(what, frame(), frame())
        if window is not None:
            found[window.name] = (what.split()[0], window)
    return found


WINDOWS = windows()


def opened(cls, group, name, stream, number, **options):
    stream_name = "stream_id" if "stream_id" in inspect.signature(cls.__init__).parameters else "topic"
    store = cls(name=name, base_dir=group, **{stream_name: stream}, **options)
    store.assign_partition(number)
    return store


def raw_keys(partition):
    """Of `default`, in order."""
    own = getattr(partition, "get_or_create_column_family", None) or partition.get_column_family
    return [bytes(key) for key in own("default").keys()]


# ---------------------------------------------------------------- default stores
def state_key(raw):
    """The message key's prefix and the state key: the one way to part them so that both are known."""
    found = []
    for prefix in KEYS:
        if not raw.startswith(prefix + b"|"):
            continue
        rest = raw[len(prefix) + 1 :]
        try:
            found.append((prefix, rest if rest == module.BYTES_KEY else loads(rest)))
        except ValueError:
            pass
    if len(found) != 1:
        raise LookupError(f"{raw!r} is {len(found)} keys that the app has")
    return found[0]


def default_facts(partition, transaction):
    facts = {}
    has_ttl = getattr(partition, "uses_ttl_stamps", False)
    for raw in raw_keys(partition):
        prefix, key = state_key(raw)
        state = transaction.as_state(prefix=KEYS[prefix])
        facts[f"{prefix.hex()} key"] = key_fact(KEYS[prefix])
        what = f"{prefix.hex()} " + ("bytes " + key.hex() if isinstance(key, bytes) else text(key))
        if has_ttl:
            from quixstreams.state.rocksdb.ttl_codec import decode_ttl_value, is_sentinel

            stamp, stored = decode_ttl_value(partition.get(raw))
            facts[f"{what} expires"] = "never" if is_sentinel(stamp) else str(stamp)
            facts[f"{what} expired"] = str(not state.exists(key)).lower()
            if not state.exists(key):
                try:
                    facts[what] = "json " + text(loads(stored))
                except ValueError:
                    facts[what] = "bytes " + stored.hex()
                continue
        try:
            value = state.get(key, NOTHING)
            assert value is not NOTHING, what
            facts[what] = "json " + text(value)
        except Exception as error:
            if "deserialize" not in str(error):
                raise
            facts[what] = "bytes " + state.get_bytes(key).hex()
    return facts


# ---------------------------------------------------------------- windows
def results(window, value, values, start, end):
    """What the app is given of a window, but for what is collected."""
    if hasattr(window, "_results"):
        collected = {"value"} if getattr(window, "_collector", None) else set(getattr(window, "_collectors", ()))
        found = window._results(value, values, start, end)
        return {name: text(of) for name, of in found.items() if name not in {"start", "end"} | collected}
    if collects(window):
        return {}
    return {"value": text(window._merge_func(value))}


def count_windows(window, state):
    for element in state.get("metadata")["windows"]:
        value, first = element.get("aggregations", element.get("value")), None
        if collects(window):
            first = element.get("collection_start_id", element.get("value"))
        values = state.get_from_collection(first, first + element["count"]) if first is not None else None
        yield element["start"], element["end"], value, values, {"messages": str(element["count"])}


def time_windows(kind, window, state):
    latest = state.get_latest_timestamp()
    # 3.0 has no way to list them; which there are is in their keys.
    for start, end in state.every_window:
        value, more = state.get_window(start, end), {}
        if kind == "sliding":
            newest, value = value
            more["newest"] = str(newest)
        behind = end + 1 if kind == "sliding" else end
        values = state.get_from_collection(start, behind) if collects(window) else None
        yield start, end, value, values, {"open": str(behind > latest).lower(), **more}


class WithWindows:
    """A state with all its windows listed, where this version can list them by itself."""

    def __init__(self, state, from_keys):
        self._state = state
        self.every_window = from_keys
        if hasattr(state, "get_windows"):
            # Its lower bound is exclusive.
            listed = [span for span, *_ in state.get_windows(-1, AFTER_ALL)]
            assert listed == from_keys, (listed, from_keys)

    def __getattr__(self, name):
        return getattr(self._state, name)


def window_facts(store_name, partition, transaction):
    kind, window = WINDOWS[store_name]
    spans = {}
    for raw in raw_keys(partition):
        if kind == "count":
            assert raw.endswith(METADATA), raw
            spans[raw[: -len(METADATA)]] = None
        else:
            prefix, start, end = parse_window_key(raw)
            spans.setdefault(prefix, []).append((start, end))
    facts = {}
    if spans:
        facts["windows"] = kind
    for prefix, own in spans.items():
        state = transaction.as_state(prefix=KEYS[prefix])
        facts[f"{prefix.hex()} key"] = key_fact(KEYS[prefix])
        if kind == "count":
            found = count_windows(window, state)
        else:
            found = time_windows(kind, window, WithWindows(state, own))
        for number, (start, end, value, values, more) in enumerate(found):
            what = f"{prefix.hex()} {number} {start}-{end}"
            facts[what] = "window"
            for name, of in results(window, value, values or [], start, end).items():
                facts[f"{what} result {name}"] = of
            if values is not None:
                facts[f"{what} collected"] = text(values)
            for name, of in more.items():
                facts[f"{what} {name}"] = of
    return facts


# ---------------------------------------------------------------- joins and buffers
def read_minimum(transaction, prefix):
    """As the transaction has it that writes it: 3.28 writes it to a column family, and then looks for it in `default`."""
    cache = transaction._min_eligible_timestamps
    stored = transaction.get_bytes(cache.key, prefix, default=bytes(8), cf_name=cache.cf_name)
    cache.values[prefix] = stored
    return int.from_bytes(stored, "big")


def timestamped_facts(partition, transaction):
    facts, times = {}, {}
    for raw in raw_keys(partition):
        prefix, time = raw[:-18], int.from_bytes(raw[-17:-9], "big")
        times.setdefault(prefix, [])
        if time not in times[prefix]:
            times[prefix].append(time)
    for prefix, own in times.items():
        facts[f"{prefix.hex()} key"] = key_fact(KEYS[prefix])
        minimum = read_minimum(transaction, prefix)
        for time in own:
            for nth, value in enumerate(transaction.get_interval(time, time + 1, prefix), 1):
                what = f"{prefix.hex()} {time} {nth}"
                facts[what] = text(value)
                facts[f"{what} eligible"] = str(time >= minimum).lower()
        facts[f"{prefix.hex()} latest"] = text(transaction.get_latest(AFTER_ALL, prefix))
    return facts


def buffer_facts(transaction):
    from quixstreams.dataframe.joins.lookups.buffer_state import PendingIndex, decode_prefix, key_from_prefix

    facts = {}
    for encoded, (_, kind, count) in PendingIndex(transaction).entries().items():
        prefix = decode_prefix(encoded)
        facts[f"{prefix.hex()} key"] = key_fact(key_from_prefix(prefix, kind))
        facts[f"{prefix.hex()} count"] = str(count)
        for nth, record in enumerate(transaction.get_interval(0, AFTER_ALL, prefix)):
            what = f"{prefix.hex()} {nth}"
            facts[what] = text(record["v"])
            facts[f"{what} headers"] = text(record["h"])
            facts[f"{what} from"] = f"{record['n']} {record['o']} {record['t']} {record['r']}"
    return facts


# ---------------------------------------------------------------- folders
def judged(group, name, stream, number):
    options = {}
    if name in WINDOWS:
        kind, cls = "windowed", WindowedRocksDBStore
    elif name == "default":
        kind, cls = "default", RocksDBStore
    else:
        kind, cls = "lookupBuffer" if name == "lookup-buffer" else "timestamped", TimestampedStore
        options = {"grace_ms": AFTER_ALL, "keep_duplicates": True}
    store = opened(cls, group, name, stream, number, **options)
    try:
        partition, transaction = store.partitions[number], store.start_partition_transaction(number)
        if kind == "windowed":
            facts = window_facts(name, partition, transaction)
        elif kind == "default":
            facts = default_facts(partition, transaction)
        elif kind == "lookupBuffer":
            facts = buffer_facts(transaction)
        else:
            facts = timestamped_facts(partition, transaction)
    finally:
        store.close()
    # A store without an entry does not tell its kind.
    return {"kind": kind, "facts": facts}


def stores_of(group):
    for name in sorted(os.listdir(group)):
        for stream in sorted(os.listdir(os.path.join(group, name))):
            for number in sorted(os.listdir(os.path.join(group, name, stream))):
                if os.path.exists(os.path.join(group, name, stream, number, "CURRENT")):
                    yield name, stream, int(number)


for line in sys.stdin:
    try:
        group = line.rstrip("\n")
        stores = {}
        for name, stream, number in stores_of(group):
            stores[f"{name}/{stream}/{number}"] = judged(group, name, stream, number)
        answer = {"stores": stores}
    except Exception:
        answer = {"error": traceback.format_exc()}
    print(json.dumps(answer), flush=True)
