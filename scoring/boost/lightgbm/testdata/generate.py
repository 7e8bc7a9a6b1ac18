"""Writes the models and rows that the tests read. Run with Python 3.12, LightGBM 4.5.0 and NumPy:

    python generate.py

Everything is drawn from a fixed seed. One file of rows serves all models: null is missing, "c" and "d" are categories
whose numbers LightGBM has as codes. By model there is the raw score and what pred_contrib gives: a number by column, then the base.
"""

import json
import pathlib

import lightgbm
import numpy

HERE = pathlib.Path(__file__).parent
NAMES = ["a", "b", "sparse", "c", "d", "noise"]
CATEGORIES = ["c", "d"]
COMMON = dict(objective="binary", num_leaves=12, min_data_in_leaf=5, learning_rate=0.2, seed=7, num_threads=1,
              deterministic=True, force_row_wise=True, min_data_per_group=5, cat_smooth=2, verbose=-1)
MODELS = {
    "nan": dict(),
    "none": dict(use_missing=False),
    "zero": dict(zero_as_missing=True),
    "sigmoid": dict(sigmoid=0.6, boost_from_average=False, lambda_l2=1),
    "forest": dict(boosting="rf", bagging_fraction=0.6, bagging_freq=1),
    "onehot": dict(max_cat_to_onehot=100),
    "constant": dict(min_data_in_leaf=100_000),
    "linear": dict(linear_tree=True),
    "regression": dict(objective="regression"),
}


def table(rows, seed):
    rng = numpy.random.default_rng(seed)
    x = numpy.column_stack([
        rng.normal(size=rows),
        rng.exponential(size=rows) * 100,
        rng.normal(size=rows) * (rng.random(rows) < 0.3),
        rng.integers(0, 6, rows),
        rng.integers(0, 80, rows),
        rng.random(rows),
    ])
    z = x[:, 0] + numpy.sin(x[:, 1] / 30) + 2 * x[:, 2] + (x[:, 3] % 3) - 1 + ((x[:, 4] * 7) % 5) / 2 - 1
    y = rng.random(rows) < 1 / (1 + numpy.exp(-z))
    x[rng.random(x.shape) < 0.1] = numpy.nan
    return x, y.astype(int)


def main():
    x, y = table(1500, 1)
    probe, _ = table(120, 2)
    probe[0] = numpy.nan
    probe[1] = 0
    probe[2, 3:5] = [6, 500]  # categories that no row had
    answers = {"columns": NAMES, "rows": [[None if numpy.isnan(v) else v for v in row] for row in probe.tolist()], "models": {}}
    for name, extra in MODELS.items():
        params = {**COMMON, **extra}
        data = lightgbm.Dataset(x, y, feature_name=NAMES, categorical_feature=CATEGORIES, params=params)
        model = lightgbm.train(params, data, 8)
        model.save_model(HERE / f"{name}.txt")
        if name not in ("linear", "regression"):
            answers["models"][name] = {
                "raw": model.predict(probe, raw_score=True).tolist(),
                "probability": model.predict(probe).tolist(),
                "contributions": model.predict(probe, pred_contrib=True).tolist(),
            }
    (HERE / "answers.json").write_text(json.dumps(answers, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
