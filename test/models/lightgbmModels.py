"""Trains LightGBM models and predicts with them; one line of JSON a model, numbers as base64 of little-endian float64."""
import base64
import json

import lightgbm
import numpy

random = numpy.random.default_rng(20)
rows, numeric, categories = 10_000, 6, 90


def features():
    x = random.normal(size=(rows, numeric + 2))
    x[:, 1][random.random(rows) < 0.3] = numpy.nan
    x[:, 2][random.random(rows) < 0.5] = 0
    x[:, 3] = numpy.round(x[:, 3] * 2)
    x[:, 4][random.random(rows) < 0.2] = numpy.nan
    x[:, 4][random.random(rows) < 0.2] = 0
    x[:, numeric] = random.integers(0, 5, rows)
    x[:, numeric + 1] = random.integers(0, categories, rows)
    x[:, numeric + 1][random.random(rows) < 0.1] = numpy.nan
    return x


def labels(x):
    known = numpy.nan_to_num(x)
    hazard = known[:, 0] * known[:, 3] + (known[:, 2] == 0) - 2 * numpy.isnan(x[:, 1])
    hazard += known[:, numeric + 1] % 7 - 3 + (known[:, numeric] == 2) * known[:, 5]
    return (random.random(rows) < 1 / (1 + numpy.exp(-hazard))).astype(int)


def odd(x):
    """Rows with values that training never saw, one odd value in each."""
    values = [numpy.nan, 0.0, -0.0, 1e-35, -1e-35, 1e-36, 1e-34, -1e-34, numpy.inf, -numpy.inf, 1e300, -0.5, -1, -7, 3.7, 1e5]
    values += [numpy.float32(1e-35), -numpy.float32(1e-35), 2**31 - 1, 2**31, 2**32 + 2, 1e19]
    out = numpy.repeat(x[: len(values) * x.shape[1]], 1, axis=0)
    for at in range(len(out)):
        out[at, at % x.shape[1]] = values[at // x.shape[1]]
    return numpy.vstack([out, numpy.full((1, x.shape[1]), numpy.nan), numpy.zeros((1, x.shape[1]))])


def packed(array):
    return base64.b64encode(numpy.ascontiguousarray(array, dtype="<f8").tobytes()).decode()


def report(name, changes, rounds):
    x = features()
    settings = dict(objective="binary", verbose=-1, num_threads=1, seed=3) | {"num_leaves": 15} | changes
    categorical = [numeric, numeric + 1]
    data = lightgbm.Dataset(x, labels(x), categorical_feature=categorical, params=settings)
    model = lightgbm.train(settings, data, rounds)
    asked = numpy.vstack([odd(x), x])
    reasons = asked[:1_000]
    print(json.dumps({
        "name": name,
        "model": model.model_to_string(),
        "features": x.shape[1],
        "rows": packed(asked),
        "rawScores": packed(model.predict(asked, raw_score=True)),
        "probabilities": packed(model.predict(asked)),
        "contributions": packed(model.predict(reasons, pred_contrib=True)),
    }))


report("missing values are NaN", {}, 100)
report("missing values are zero", {"zero_as_missing": True}, 100)
report("nothing is missing", {"use_missing": False}, 30)
report("one-hot categories, bagging, a sigmoid", {"max_cat_to_onehot": 100, "bagging_freq": 1, "bagging_fraction": 0.5, "sigmoid": 1.7}, 30)
report("deep trees", {"num_leaves": 255, "min_data_in_leaf": 2, "min_sum_hessian_in_leaf": 0, "cat_smooth": 1, "min_data_per_group": 5}, 10)
report("dart", {"boosting": "dart", "drop_rate": 0.5, "extra_trees": True}, 30)
report("no split is worth it", {"min_gain_to_split": 1e9}, 2)
