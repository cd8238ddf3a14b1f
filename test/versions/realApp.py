"""The windows and message keys of the app that made fixture 12."""
import quixstreams.dataframe.windows.aggregations as agg

ALL_KEYS = [b"PC1", b"PC2", b"PC3", "eu", "us"]
BYTES_KEY = None

WINDOWS = {
    "tumbling": lambda frame, _: frame.tumbling_window(10_000, 5_000).agg(avg=agg.Mean(), n=agg.Count()),
    "hopping": lambda frame, _: frame.hopping_window(10_000, 5_000).collect(),
    "sliding": lambda frame, _: frame.sliding_window(10_000).max(),
    "session": lambda frame, _: frame.session_window(3_000).sum(),
    "count reduce": lambda frame, _: frame.tumbling_count_window(5).reduce(reducer=lambda a, x: a + x, initializer=lambda x: x),
    "count collect": lambda frame, _: frame.hopping_count_window(6, 3).collect(),
}


def made(what, numbers, records):
    return WINDOWS[what](numbers, records)
