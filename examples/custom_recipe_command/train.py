"""Learns vectors of users and items in plain numpy; it knows nothing of Penchant.

It follows the contract of SageMaker's trainings, so that it runs in a container there as well:
rows in the training channel, hyper-parameters as texts, the model in SM_MODEL_DIR, what went
wrong in output/failure.
"""

import csv
import json
import os
import sys
import traceback
from pathlib import Path

import numpy as np


def main() -> None:
    config = json.loads(
        (Path(os.environ["SM_INPUT_CONFIG_DIR"]) / "hyperparameters.json").read_text()
    )
    users, items, table = read(Path(os.environ["SM_CHANNEL_TRAINING"]) / "interactions.csv")
    print("progress 0.2 factors", flush=True)
    discount = float(config["popularity_discount"])
    item_vectors = factors(table, int(config["dimension"]), discount)
    print("progress 0.8 users", flush=True)
    user_vectors = table @ item_vectors / np.maximum(table.sum(axis=1, keepdims=True), 1)
    model = Path(os.environ["SM_MODEL_DIR"])
    write(model / "item_vectors.csv", "item_id", items, item_vectors)
    write(model / "user_vectors.csv", "user_id", users, user_vectors)


def read(path: Path) -> tuple[list[str], list[str], np.ndarray]:
    """Users, items, and 1 where a user had an item, (n_users, n_items)."""
    with path.open(encoding="utf-8", newline="") as file:
        pairs = [(row["USER_ID"], row["ITEM_ID"]) for row in csv.DictReader(file)]
    users, items = (dict.fromkeys(column) for column in zip(*pairs, strict=True))
    user_places = {name: place for place, name in enumerate(users)}
    item_places = {name: place for place, name in enumerate(items)}
    table = np.zeros((len(users), len(items)), np.float32)
    for user, item in pairs:
        table[user_places[user], item_places[item]] = 1
    return list(users), list(items), table


def factors(table: np.ndarray, dimension: int, discount: float) -> np.ndarray:
    """The largest factors of the items' common users, (n_items, dimension)."""
    counts = table.sum(axis=0)
    scaled = table / np.maximum(counts, 1) ** discount
    values, vectors = np.linalg.eigh(scaled.T @ scaled)
    kept = np.argsort(-values)[:dimension]
    return vectors[:, kept] * np.sqrt(np.maximum(values[kept], 0))


def write(path: Path, head: str, names: list[str], vectors: np.ndarray) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([head, *(f"v{place}" for place in range(vectors.shape[1]))])
        writer.writerows(
            [name, *vector] for name, vector in zip(names, vectors.tolist(), strict=True)
        )


if __name__ == "__main__":
    try:
        main()
    except Exception:  # noqa: BLE001  # whatever it is, the reason is to be told
        (Path(os.environ["SM_OUTPUT_DIR"]) / "failure").write_text(traceback.format_exc())
        sys.exit(1)
