"""What the app does, and its judge has to know: windows, message keys, state. A part that a version of quixstreams lacks is
left out, by asking the version.
"""
import inspect
from datetime import timedelta

from quixstreams import State

try:
    import quixstreams.dataframe.windows.aggregations as agg
except ImportError:
    agg = None

# A key of bytes that are no UTF-8, one with the separator in it, one without a key.
MESSAGE_KEYS = [b"a", b"a|b", "Zürich".encode(), b"device-1", b"\xff\x00\x01", None]
REGIONS = ["eu", "us", "süd|ost"]
BYTES_KEY = b"\x01\x02"  # a state key that is stored as it is
GROUPS = REGIONS + [0, 1, 2]  # by a column, and by what a function gives
ALL_KEYS = MESSAGE_KEYS + GROUPS


def every():
    """All aggregators that there are, each of the column `v`."""
    names = ["Sum", "Count", "Mean", "Max", "Min", "First", "Last", "Earliest", "Latest", "Collect"]
    found = {name.lower(): getattr(agg, name) for name in names if hasattr(agg, name)}
    return {name: make("v") if "column" in inspect.signature(make).parameters else make() for name, make in found.items()}


def reduced():
    return {
        "red": agg.Reduce(reducer=lambda a, x: [a[0] + 1, x["v"]], initializer=lambda x: [1, x["v"]]),
        "a/b": agg.Mean("v"),
    }


PAIR = dict(reducer=lambda a, x: [a[0] + 1, x], initializer=lambda x: [1, x])

# What it is → the window, of a dataframe with numbers or, for several aggregations, with records.
WINDOWS = {
    "tumbling sum": lambda numbers, _: numbers.tumbling_window(10_000, 2_000).sum(),
    "tumbling mean": lambda numbers, _: numbers.tumbling_window(20_000).mean(),
    "tumbling reduce": lambda numbers, _: numbers.tumbling_window(30_000).reduce(**PAIR),
    "tumbling collect": lambda numbers, _: numbers.tumbling_window(10_000).collect(),
    "tumbling agg": lambda _, records: records.tumbling_window(60_000).agg(**every()),
    "tumbling by partition": lambda numbers, _: numbers.tumbling_window(5_000, 1_000, name="part").min(),
    "hopping count": lambda numbers, _: numbers.hopping_window(10_000, 5_000).count(),
    "hopping collect": lambda numbers, _: numbers.hopping_window(10_000, 2_500).collect(),
    "hopping agg": lambda _, records: records.hopping_window(60_000, 20_000).agg(**reduced()),
    "sliding max": lambda numbers, _: numbers.sliding_window(8_000).max(),
    "sliding mean": lambda numbers, _: numbers.sliding_window(5_000, 1_000).mean(),
    "sliding collect": lambda numbers, _: numbers.sliding_window(5_000).collect(),
    "sliding agg": lambda _, records: records.sliding_window(20_000, 5_000).agg(**every()),
    "session sum": lambda numbers, _: numbers.session_window(3_000).sum(),
    "session by partition": lambda numbers, _: numbers.session_window(3_000, 500, name="part").collect(),
    "session agg": lambda _, records: records.session_window(4_000).agg(**every()),
    "count sum": lambda numbers, _: numbers.tumbling_count_window(4).sum(),
    "count mean": lambda numbers, _: numbers.sliding_count_window(3).mean(),
    "count collect": lambda numbers, _: numbers.hopping_count_window(6, 2).collect(),
    "count agg": lambda _, records: records.hopping_count_window(5, 2).agg(**every()),
}


def made(what, numbers, records):
    """The window; None where this version has none of its kind."""
    try:
        return WINDOWS[what](numbers, records)
    except AttributeError:
        return None


def collects(window):
    return bool(getattr(window, "collect", False) or getattr(window, "_aggregate_collection", False))


def count(value, state: State):
    """State keys and values of all types."""
    i, v = value["i"], value["v"]
    total = state.get("total", 0) + 1
    state.set("total", total)
    for key in [7, 1.5, None, True, ["a", 1], {"c": 1}, "pipe|d", 'quo"te', "Zürich", ""]:
        state.set(key, {"n": total, "last": v, "text": "ü|\u202e"} if total % 3 else None)
    state.set(f"m{i % 7}", v)
    state.delete(f"m{(i + 3) % 7}")
    if hasattr(state, "set_bytes"):  # these versions have keys of bytes, too
        state.set(BYTES_KEY, total)
        state.set_bytes("raw", b"\x00\x01\xff" + bytes([i % 256]))
    return value


has_ttl = "ttl" in inspect.signature(State.set).parameters


def expiring(value, state: State):
    i = value["i"]
    state.set(f"short-{i % 50}", value["v"], ttl=timedelta(seconds=3))
    state.set(f"long-{i % 20}", {"i": i}, ttl=timedelta(days=7))
    state.set("forever", i)
    state.set_bytes("raw", b"\xff" + bytes([i % 256]), ttl=timedelta(seconds=20))
    return value
