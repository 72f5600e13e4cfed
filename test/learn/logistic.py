"""Logistic regression by statsmodels and scikit-learn, for rows on standard input; prints what they find as JSON."""

import json
import sys

import numpy as np
import statsmodels.api as sm
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from statsmodels.stats.outliers_influence import variance_inflation_factor

given = json.load(sys.stdin)
x = np.array(given["values"]).reshape(len(given["labels"]), -1)
y = np.array(given["labels"])
design = sm.add_constant(x)

free = sm.Logit(y, design).fit(disp=0, method="newton", tol=1e-14, maxiter=100)
sklearn_free = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(x, y)
ridge = LogisticRegression(C=1 / given["ridge"], solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(x, y)


def loss(beta):
    eta = design @ beta
    p = 1 / (1 + np.exp(-eta))
    penalty = given["ridge"] * beta[1:]
    value = np.sum(np.logaddexp(0, eta) - y * eta) + 0.5 * penalty @ beta[1:]
    return value, design.T @ (p - y) + np.concatenate([[0], penalty])


bounds = [(None, None)] + [(0, None)] * x.shape[1]
start = np.zeros(x.shape[1] + 1)
options = {"maxiter": 20000, "maxfun": 100000, "ftol": 1e-16, "gtol": 1e-10, "maxcor": 30}
bounded = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options=options)

p = ridge.predict_proba(x)[:, 1]
information = design.T @ (design * (p * (1 - p))[:, None]) + np.diag([0] + [given["ridge"]] * x.shape[1])

print(
    json.dumps(
        {
            "free": {
                "beta": free.params.tolist(),
                "standardErrors": free.bse.tolist(),
                "z": free.tvalues.tolist(),
                "p": free.pvalues.tolist(),
                "covariance": free.cov_params().tolist(),
                "logLikelihood": free.llf,
                "logLikelihoodNull": free.llnull,
                "vif": [variance_inflation_factor(design, at + 1) for at in range(x.shape[1])],
            },
            "sklearnFree": [sklearn_free.intercept_[0], *sklearn_free.coef_[0]],
            "ridge": {
                "beta": [ridge.intercept_[0], *ridge.coef_[0]],
                "covariance": np.linalg.inv(information).tolist(),
            },
            "bounded": {"beta": bounded.x.tolist(), "loss": bounded.fun},
        }
    )
)
