"""Learns from a table on request. Pinned to LightGBM 4.5.0 and NumPy 2.

    python lightgbm.py train.bin held_out.bin columns categories trees

A table is float64, little endian, row by row: the columns, categories last, then the label; NaN is missing. Each line on
standard input is a request; each answer a line of JSON. The first answer comes once the table is read and binned.
"""

import json
import resource
import sys
import time

import lightgbm
import numpy

if not lightgbm.__version__.startswith("4.5."):
    sys.exit(f"LightGBM is {lightgbm.__version__}, 4.5 is wanted")

train, held_out, columns, categories, trees = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
PARAMS = dict(objective="binary", num_leaves=31, learning_rate=0.05, max_bin=255, min_data_in_leaf=20, lambda_l2=1,
              min_sum_hessian_in_leaf=1e-3, num_threads=2, seed=1, verbose=-1)


def say(**answer):
    print(json.dumps(answer), flush=True)


def table(path):
    data = numpy.fromfile(path).reshape(-1, columns + 1)
    return numpy.ascontiguousarray(data[:, :-1]), data[:, -1]


x, y = table(train)
start = time.perf_counter()
data = lightgbm.Dataset(x, y, categorical_feature=list(range(columns - categories, columns)), params=PARAMS, free_raw_data=False).construct()
say(seconds=time.perf_counter() - start)
probe, _ = table(held_out)
for request in sys.stdin:
    start, busy = time.perf_counter(), time.process_time()
    model = lightgbm.train(PARAMS, data, trees)
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    scores = model.predict(probe, raw_score=True).tolist() if request.strip() == "scores" else []
    say(seconds=seconds, busy=busy, scores=scores, peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
