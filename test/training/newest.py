"""scikit-learn's logistic regression on the training rows of standard input, for each penalty; prints log-odds of the later rows as JSON."""

import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

given = json.load(sys.stdin)
x = np.array(given["values"]).reshape(len(given["labels"]), -1)
y = np.array(given["labels"])
later = np.array(given["later"]).reshape(-1, x.shape[1])


def log_odds(ridge):
    fit = LogisticRegression(C=1 / ridge, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    return make_pipeline(StandardScaler(), fit).fit(x, y).decision_function(later).tolist()


print(json.dumps([log_odds(ridge) for ridge in given["ridges"]]))
