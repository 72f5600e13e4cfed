"""Models of LightGBM that are not read; one line of JSON each, with the parameter to blame."""
import json

import lightgbm
import numpy
import pandas

random = numpy.random.default_rng(4)
x = random.normal(size=(500, 3))
y = random.integers(0, 3, 500)


def report(blame, labels, table=x, **settings):
    settings = dict(objective="binary", verbose=-1, num_threads=1, num_leaves=4) | settings
    model = lightgbm.train(settings, lightgbm.Dataset(table, labels, params=settings), 2)
    print(json.dumps({"blame": blame, "model": model.model_to_string()}))


def own(scores, data):
    return scores - data.get_label(), numpy.ones_like(scores)


places = numpy.array(["north", "south", "west"])
report("objective: multiclass", y, objective="multiclass", num_class=3)
report("objective: regression", y, objective="regression")
report("objective: cross_entropy", y / 2, objective="cross_entropy")
report("objective: one of your own", y > 0, objective=own)
report("is_linear", y > 0, linear_tree=True)
report("average_output", y > 0, boosting="rf", bagging_freq=1, bagging_fraction=0.5)
report("pandas_categorical", y > 0, pandas.DataFrame({"place": pandas.Categorical(places[y]), "x": x[:, 0]}))
