#!/usr/bin/env python3
"""Trains the picture classifier and writes its rule file; needs numpy and scikit-learn.

    python3 rules/classes/picture/train.py features.csv rules/classes/picture/seetaface.json --detector seetaface

A detector with a network gives its activations besides the features. Only the linear model sees them: they are hundreds
against few pictures, which a strong penalty keeps in bounds and a forest gets lost in.
The CSV comes from `examples/picture_features.rs`. Folds are made by source, never by file: pictures of one source share
camera, light and subject, and a test that splits them measures memory. Variants of a picture are trained on, never
tested on. The forest's votes are calibrated on the predictions for held-out sources (Platt's method), and the
thresholds are chosen on those same predictions: the wished precision of body photos, at most so many pictures undecided,
and as few body photos as possible called something else.
"""

import argparse, csv, json
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import StratifiedGroupKFold

CLASSES = ["face_photo", "body_photo", "other"]


def load(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    head, rows = rows[0], rows[1:]
    names = head[4:]
    assert len(set(names)) == len(names), "a feature is named twice: the program would read one of the two for both"
    values = np.array([[float(v) for v in row[4:]] for row in rows], dtype=np.float32)
    labels = np.array([CLASSES.index(row[1]) for row in rows])
    groups = np.array([row[2] for row in rows])
    variants = np.array([int(row[3]) for row in rows])
    return names, values, labels, groups, variants, [row[0] for row in rows]


def weights(labels, groups):
    """Each class counts alike, and within a class a large source counts less than its pictures."""
    weight = np.ones(len(labels))
    for label in range(3):
        here = labels == label
        for group in set(groups[here]):
            member = here & (groups == group)
            weight[member] = member.sum() ** -0.35
        weight[here] /= weight[here].sum()
    return weight / weight.mean()


def forest(seed, trees=120, leaf=6):
    return ExtraTreesClassifier(n_estimators=trees, min_samples_leaf=leaf, max_features=0.4, max_depth=9, random_state=seed, n_jobs=2)


class Both:
    """A forest, which finds joint conditions, and a linear model, which carries further beyond its sources."""

    def __init__(self, seed, activations, trees=60):
        self.activations = activations
        self.share = 0.4 if activations else 0.5
        self.forest = forest(seed, trees)
        self.line = make_pipeline(StandardScaler(), LogisticRegression(C=0.003 if activations else 0.01, max_iter=400))

    def plain(self, values):
        return values[:, : values.shape[1] - self.activations]

    def fit(self, values, labels, sample_weight):
        self.forest.fit(self.plain(values), labels, sample_weight=sample_weight)
        self.line.fit(np.clip(values, -1e4, 1e4), labels, logisticregression__sample_weight=sample_weight)
        return self

    def predict_proba(self, values):
        by_line = self.line.predict_proba(np.clip(values, -1e4, 1e4))
        return self.share * self.forest.predict_proba(self.plain(values)) + (1 - self.share) * by_line


def held_out(values, labels, groups, variants, make, repeats=2, folds=8):
    """Mean votes for every original picture by forests that saw nothing of its source."""
    votes = np.zeros((len(labels), 3))
    for seed in range(repeats):
        for train, test in StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(values, labels, groups):
            model = make(seed).fit(values[train], labels[train], sample_weight=weights(labels[train], groups[train]))
            votes[test] += model.predict_proba(values[test])
    return votes[variants == 0] / repeats


def calibrate(votes, labels):
    """One logistic curve for each class over the logit of its votes."""
    curves = []
    for label in range(3):
        logit = np.log((votes[:, label] + 0.01) / (1.01 - votes[:, label]))
        curve = LogisticRegression(C=10).fit(logit[:, None], labels == label)
        curves.append([float(curve.coef_[0, 0]), float(curve.intercept_[0])])
    return curves


def probabilities(votes, curves):
    logit = np.log((votes + 0.01) / (1.01 - votes))
    p = np.stack([1 / (1 + np.exp(-(a * logit[:, i] + b))) for i, (a, b) in enumerate(curves)], axis=1)
    return p / p.sum(1, keepdims=True)


def decide(p, body, other):
    top = p.argmax(1)
    chosen = np.where((top == 1) & (p[:, 1] < body), 3, top)
    return np.where((top == 2) & (p[:, 2] < other), 3, chosen)


def scores(chosen, labels, label):
    hit = ((chosen == label) & (labels == label)).sum()
    precision = hit / max(1, (chosen == label).sum())
    recall = hit / (labels == label).sum()
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def thresholds(p, labels, wished=0.92, undecided=0.15):
    best = (0.5, 0.5)
    best_f = -1
    for body in np.arange(0.34, 0.9, 0.02):
        for other in np.arange(0.34, 0.9, 0.02):
            chosen = decide(p, body, other)
            if (chosen == 3).mean() > undecided:
                continue
            precision, _, f = scores(chosen, labels, 1)
            if precision < wished:
                f -= 1 + 3 * (wished - precision)
            # A body photo that is called something else is lost; one that stays undecided is counted.
            f -= ((chosen == 2) & (labels == 1)).sum() / (labels == 1).sum()
            if f > best_f:
                best_f, best = f, (float(body), float(other))
    return best


def report(p, labels, body, other):
    top = p.argmax(1)
    chosen = decide(p, body, other)
    print("rows: truth; columns: face_photo body_photo other undecided")
    for label, name in enumerate(CLASSES):
        print(f"  {name:10}", [int(((chosen == c) & (labels == label)).sum()) for c in range(4)])
    print("without undecided:")
    for label, name in enumerate(CLASSES):
        print(f"  {name:10}", [int(((top == c) & (labels == label)).sum()) for c in range(3)], "P %.3f R %.3f F1 %.3f" % scores(top, labels, label))
    decided = chosen != 3
    precision, recall, f = scores(chosen[decided], labels[decided], 1)
    print(f"undecided {1 - decided.mean():.3f}; of the decided: body P {precision:.3f} R {recall:.3f} F1 {f:.3f}, accuracy {(chosen == labels)[decided].mean():.3f}")
    print("macro-F1 forced %.3f" % np.mean([scores(top, labels, label)[2] for label in range(3)]))


def line(model):
    """Offset of each class, then per feature its weight for each class, the scaling multiplied in."""
    scaler, regression = model[0], model[1]
    slopes = regression.coef_ / scaler.scale_
    offsets = regression.intercept_ - slopes @ scaler.mean_
    return {"offsets": [float(f"{v:.5g}") for v in offsets], "slopes": [[float(f"{v:.4g}") for v in row] for row in slopes.T]}


def write(path, detector, names, model, curves, body, other):
    trees = []
    for tree in model.forest.estimators_:
        t = tree.tree_
        nodes = []
        for i in range(t.node_count):
            if t.children_left[i] < 0:
                share = t.value[i][0] / t.value[i][0].sum()
                nodes.append([round(float(v), 3) for v in share[:2]])
            else:
                nodes.append([int(t.feature[i]), float(f"{t.threshold[i]:.4g}"), int(t.children_left[i]), int(t.children_right[i])])
        trees.append(nodes)
    rule = {
        "about": "A forest over the features of a picture, of the weight `share`, and a line over the features and the detector's activations. A node is [feature, threshold, left, right] (left if value <= threshold) or the leaf's shares of [face_photo, body_photo]. Made by train.py.",
        "detector": detector,
        "features": names[: len(names) - model.activations],
        "activations": model.activations,
        "share": model.share,
        "curves": [[round(v, 4) for v in curve] for curve in curves],
        "line": line(model.line),
        "body": round(body, 3),
        "other": round(other, 3),
    }
    with open(path, "w") as file:
        text = json.dumps(rule, indent=1)[:-2]
        file.write(text + ',\n "trees": [\n')
        file.write(",\n".join("  " + json.dumps(tree, separators=(",", ":")) for tree in trees))
        file.write("\n ]\n}\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("features")
    parser.add_argument("rule")
    parser.add_argument("--detector", required=True)
    arguments = parser.parse_args()
    names, values, labels, groups, variants, paths = load(arguments.features)
    activations = sum(name.startswith("activation_") for name in names)
    make = lambda seed: Both(seed, activations)
    votes = held_out(values, labels, groups, variants, make)
    truth = labels[variants == 0]
    curves = calibrate(votes, truth)
    p = probabilities(votes, curves)
    body, other = thresholds(p, truth)
    print(f"thresholds: body {body:.2f}, other {other:.2f}")
    report(p, truth, body, other)
    model = make(0).fit(values, labels, weights(labels, groups))
    write(arguments.rule, arguments.detector, names, model, curves, body, other)


if __name__ == "__main__":
    main()
