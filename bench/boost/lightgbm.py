"""Trains LightGBM on the table of this bench, once for each line on stdin.

Answers each with a line of JSON. Needs lightgbm 4.5.0 (pip install lightgbm==4.5.0).
"""
import json
import resource
import sys
import time

import lightgbm
import numpy

PINNED = "4.5.0"


def auc(scores, positive):
    """Area under the ROC curve; ties count half."""
    _, place, counts = numpy.unique(scores, return_inverse=True, return_counts=True)
    ranks = (numpy.cumsum(counts) - (counts - 1) / 2)[place]
    p = positive.sum()
    return float((ranks[positive].sum() - p * (p + 1) / 2) / (p * (len(positive) - p)))


def read(path, width):
    rows = numpy.fromfile(path, dtype="<f8").reshape(-1, width + 1)
    return rows[:, :width], rows[:, width] > 0.5


def main():
    if lightgbm.__version__ != PINNED:
        sys.exit(f"lightgbm must be {PINNED}")
    params, rounds, categories = (json.loads(a) for a in sys.argv[3:6])
    width = json.loads(sys.argv[6])
    x, y = read(sys.argv[1], width)
    started = time.perf_counter()
    table = lightgbm.Dataset(x, y, categorical_feature=categories, params=params, free_raw_data=False).construct()
    binning = time.perf_counter() - started
    held_x, held_y = read(sys.argv[2], width)
    print(json.dumps({"binning": binning}), flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        model = lightgbm.train(params, table, rounds)
        seconds = time.perf_counter() - started
        print(json.dumps({
            "seconds": seconds,
            "auc": auc(model.predict(held_x, raw_score=True), held_y),
            "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }), flush=True)


main()
