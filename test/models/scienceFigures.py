"""Reads {scores, labels, logOdds} as JSON, and writes the figures of scikit-learn, scipy and statsmodels."""
import json, sys
import numpy as np
import statsmodels.api as sm
from scipy.stats import ks_2samp
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, precision_recall_curve, roc_auc_score, roc_curve

rows = json.load(sys.stdin)
p, y = np.array(rows["scores"]), np.array(rows["labels"])
z = np.array(rows["logOdds"])
rate, mean = calibration_curve(y, p, n_bins=10, strategy="quantile")
line = sm.Logit(y, sm.add_constant(z)).fit(disp=0, tol=1e-13, maxiter=100)
fpr, tpr, _ = roc_curve(y, p, drop_intermediate=False)
precision, recall, _ = precision_recall_curve(y, p)
lp, lq = -np.log1p(np.exp(-z)), np.log1p(np.exp(z))
beta = sm.Logit(y, sm.add_constant(np.column_stack([lp, lq]))).fit(disp=0, tol=1e-13, maxiter=100)
json.dump({
    "auc": roc_auc_score(y, p),
    "averagePrecision": average_precision_score(y, p),
    "brier": brier_score_loss(y, p),
    "logLoss": log_loss(y, p),
    "ks": ks_2samp(p[y == 1], p[y == 0]).statistic,
    "bins": [{"predicted": m, "observed": r} for m, r in zip(mean, rate)],
    "intercept": line.params[0], "slope": line.params[1],
    "interceptError": line.bse[0], "slopeError": line.bse[1],
    "roc": [{"x": x, "y": y} for x, y in zip(fpr, tpr)],
    "precisionRecall": [{"x": x, "y": y} for x, y in zip(recall[::-1], precision[::-1])],
    "isotonic": IsotonicRegression().fit(z, y).predict(z).tolist(),
    "beta": beta.params.tolist(),
}, sys.stdout)
