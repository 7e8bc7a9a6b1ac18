"""Judges LightGBM on the tables of a spec, as a peer to compare with: its defaults and a little sense, no tuning.

    python lightgbm.py FEATURES_DIR OUT_JSON

FEATURES_DIR holds train.csv, valid.csv (the last part of the training by time, which says when to stop; it may be
empty), test.csv and task.json ({"spec", "task", "seed"}). A table's header is id, label and the features; those that
start with "c:" are categories; an empty cell is missing. The answer has the form of a result of `assent eval run`.
"""

import csv
import hashlib
import io
import json
import math
import os
import sys
import time

# The script has the name of the library that it imports.
sys.path = [p for p in sys.path if os.path.abspath(p or ".") != os.path.dirname(os.path.abspath(__file__))]
import lightgbm  # noqa: E402
import numpy  # noqa: E402

# A rate of half the default with early stopping, and a share of rows and columns for each tree: what people begin with.
PARAMS = dict(objective="binary", learning_rate=0.05, num_leaves=31, min_data_in_leaf=20, lambda_l2=1.0,
              feature_fraction=0.8, bagging_fraction=0.8, bagging_freq=1,
              num_threads=2, deterministic=True, force_row_wise=True, verbose=-1)
MOST_ROUNDS, PATIENCE = 2000, 100
ROUNDS_WITHOUT_VALID = 300
RESAMPLES = 1000  # for the intervals; metric.Resamples


def main(features, out):
    with open(os.path.join(features, "task.json"), encoding="utf-8") as f:
        task = json.load(f)
    names, digest = None, hashlib.sha256()
    tables = {}
    for part in ("train", "valid", "test"):
        names, tables[part] = read(os.path.join(features, part + ".csv"), names, digest)
    model, probabilities, seconds = judge(names, tables, task["seed"])
    truth = tables["test"][0]
    result = {
        "spec": task["spec"], "task": task["task"],
        "rows": {"train": len(tables["train"][0]) + len(tables["valid"][0]), "test": len(truth)},
        "metrics": intervals(probabilities, truth, task["seed"]),
        "baselines": {}, "gates": [],
        "model": {"name": f"LightGBM {lightgbm.__version__}, untuned, {model.num_trees()} trees",
                  "revision": hashlib.sha256(model.model_to_string().encode()).hexdigest()},
        "seconds": seconds,
        "data_sha256": digest.hexdigest(),
    }
    with open(out, "w", encoding="utf-8") as f:
        json.dump(result, f, indent=2, allow_nan=False)
        f.write("\n")
    for name, m in result["metrics"].items():
        print(name, *(f"{v:.4f}" for v in m.values()))


# Tables.


def read(path, names, digest):
    """Gives the names of the features, and labels with rows of cells. An empty file is a table without rows."""
    with open(path, "rb") as f:
        raw = f.read()
    digest.update(raw)
    rows = csv.reader(io.StringIO(raw.decode("utf-8"), newline=""))
    header = next(rows, None)
    if header is None:
        if names is None:
            sys.exit(f"{path}: a header is wanted")
        return names, (numpy.zeros(0, bool), [])
    if header[:2] != ["id", "label"] or names not in (None, header[2:]):
        sys.exit(f"{path}: the header must be id, label and the same features in every table")
    labels, cells = [], []
    for number, row in enumerate(rows, 2):
        if len(row) != len(header) or row[1] not in ("0", "1"):
            sys.exit(f"{path}: row {number}: {len(header)} cells are wanted, with a label of 0 or 1")
        labels.append(row[1] == "1")
        cells.append(row[2:])
    return header[2:], (numpy.array(labels, bool), cells)


def levels(names, *parts):
    """Numbers the levels of each category in the order of the alphabet; those of the test do not count."""
    out = {}
    for c, name in enumerate(names):
        if name.startswith("c:"):
            seen = {row[c] for part in parts for row in part if row[c] != ""}
            out[c] = {level: i for i, level in enumerate(sorted(seen))}
    return out


def matrix(cells, known, columns):
    """A level that was not learnt from is missing, as an empty cell is."""
    x = numpy.full((len(cells), columns), numpy.nan)
    for i, row in enumerate(cells):
        for c, text in enumerate(row):
            if text != "":
                x[i, c] = known[c].get(text, math.nan) if c in known else float(text)
    return x


# The model.


def judge(names, tables, seed):
    """Stops by the valid part, then learns from all for as many rounds. Gives the seconds that it took too."""
    (y, train), (y_valid, valid), (_, test) = (tables[part] for part in ("train", "valid", "test"))
    known = levels(names, train, valid)
    x, x_valid, x_test = (matrix(cells, known, len(names)) for cells in (train, valid, test))
    began = time.perf_counter()
    params, rounds = dict(PARAMS, seed=seed % 2**31), ROUNDS_WITHOUT_VALID

    def dataset(x, y, reference=None):
        return lightgbm.Dataset(x, y.astype(float), categorical_feature=sorted(known), reference=reference)

    if len(y_valid):
        first = dataset(x, y)
        stopped = lightgbm.train(params, first, MOST_ROUNDS, valid_sets=[dataset(x_valid, y_valid, first)],
                                 callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)])
        rounds = stopped.best_iteration
        x, y = numpy.vstack([x, x_valid]), numpy.concatenate([y, y_valid])
    model = lightgbm.train(params, dataset(x, y), rounds)
    learnt = time.perf_counter()
    probabilities = model.predict(x_test, num_threads=2)
    return model, probabilities, {"train": learnt - began, "predict": time.perf_counter() - learnt}


# Figures, each as scoring/metric defines it: equal probabilities are always taken together.


class Sample:
    """Probabilities with their labels, sorted once and weighed often."""

    def __init__(self, probabilities, positive):
        self.order = numpy.argsort(-probabilities, kind="stable")
        self.p, self.y = probabilities[self.order], positive[self.order].astype(float)
        self.starts = numpy.flatnonzero(numpy.concatenate([[True], self.p[1:] != self.p[:-1]]))
        self.squared = (self.p - self.y) ** 2

    def measure(self, weights=None):
        w = numpy.ones(len(self.p)) if weights is None else weights[self.order]
        hits = numpy.add.reduceat(w * self.y, self.starts)  # by run of equal probabilities, the highest first
        sizes = numpy.add.reduceat(w, self.starts)
        true, false = numpy.cumsum(hits), numpy.cumsum(sizes - hits)
        p, n = true[-1], false[-1]
        base = ratio(p, p + n)
        ap = ratio(numpy.sum(hits * numpy.divide(true, true + false, out=numpy.zeros_like(true), where=true + false > 0)), p)
        caught = true[false <= 0.01 * n]
        return {
            "auc": ratio(numpy.sum((sizes - hits) * (true - hits / 2)), p * n),
            "ap": ap,
            "ap_over_base": ratio(ap, base),
            "recall_at_1fpr": ratio(caught[-1] if len(caught) else 0.0, p) if n else math.nan,
            "lift_top10": lift(true, false, 0.1),
            "brier": float(numpy.sum(w * self.squared) / numpy.sum(w)),
            "ece": ece(self.p[self.starts][::-1], sizes[::-1], hits[::-1]),
        }


def ratio(a, b):
    return float(a / b) if b else math.nan


def lift(true, false, share):
    """Of rows with equal probabilities at the border, each counts in part."""
    want = share * (true[-1] + false[-1])
    at = int(numpy.argmax(true + false >= want))
    t, f = (true[at - 1], false[at - 1]) if at else (0.0, 0.0)
    caught = t + (want - t - f) / (true[at] + false[at] - t - f) * (true[at] - t)
    return ratio(ratio(caught, want), ratio(true[-1], true[-1] + false[-1]))


def ece(p, sizes, hits, bins=10):
    """Bins of equal count: a run across a border counts in part on either side, so sums are read off straight lines."""
    some = sizes > 0
    p, sizes, hits = p[some], sizes[some], hits[some]
    rows = numpy.concatenate([[0.0], numpy.cumsum(sizes)])
    expected = numpy.concatenate([[0.0], numpy.cumsum(sizes * p)])
    observed = numpy.concatenate([[0.0], numpy.cumsum(hits)])
    borders = numpy.arange(bins + 1) * int(rows[-1]) // bins
    apart = numpy.diff(numpy.interp(borders, rows, expected)) - numpy.diff(numpy.interp(borders, rows, observed))
    return ratio(numpy.sum(numpy.abs(apart)), rows[-1])


def intervals(probabilities, positive, seed):
    """Percentile intervals of the bootstrap (Efron 1979); draws without a meaning are left out."""
    sample, random, n = Sample(probabilities, positive), numpy.random.default_rng(seed), len(positive)
    draws = [sample.measure(numpy.bincount(random.integers(n, size=n), minlength=n).astype(float)) for _ in range(RESAMPLES)]
    out = {}
    for name, value in sample.measure().items():
        known = [d[name] for d in draws if not math.isnan(d[name])]
        if known and not math.isnan(value):  # what has no meaning is left out: it is not zero
            low, high = numpy.quantile(known, [0.025, 0.975]).tolist()
            out[name] = {"value": value, "low": low, "high": high}
    return out


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print("usage: lightgbm.py FEATURES_DIR OUT_JSON", file=sys.stderr)
        sys.exit(2)
    main(sys.argv[1], sys.argv[2])
