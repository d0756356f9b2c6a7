"""Recipes for related items find what was planted and nothing where nothing is."""

from dataclasses import replace

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import Categories, Features
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.leaderboard import asking_for_related
from penchant.evaluation.metrics import hit_rate, hits_in
from penchant.evaluation.ranking import rank
from penchant.evaluation.splits import leave_one_out
from penchant.recipes.contract import silent
from penchant.recipes.popularity import Popularity
from penchant.recipes.semantic import SemanticSimilarity
from penchant.recipes.similar_items import SimilarItems

from .planted import GROUP_SIZE, N_GROUPS, groups, interactions, shuffled

N_ITEMS = N_GROUPS * GROUP_SIZE


def labelled(data, group_of):
    """One category per item: its group."""
    labels = Vocabulary(f"group {i}" for i in range(N_GROUPS))
    column = Categories(labels, np.arange(N_ITEMS + 1, dtype=np.int64), group_of.astype(np.int32))
    return replace(data, item_features=Features(categories={"GROUP": column}))


def hit_rates(data):
    """Hit rate at 10 of the newest item from the one before, by similar items and popularity."""
    split = asking_for_related(leave_one_out(data))
    rates = []
    for recipe in (SimilarItems(), Popularity()):
        model = recipe.fit(split.train, seed=0, progress=silent)
        hits, _ = hits_in(rank(model, split.queries, 10, remove_seen=False), split.relevant)
        rates.append(hit_rate(hits, 10).mean())
    return rates


def test_what_is_met_together_is_found():
    similar, popularity = hit_rates(groups())
    assert similar > 0.45  # ten of the fourteen others, nine times in ten and again
    assert similar > 8 * popularity


def test_nothing_is_found_in_shuffled_rows():
    similar, _ = hit_rates(shuffled(groups(), 12))
    assert similar < 0.1


def share_of_own_group(data, group_of, items):
    model = SimilarItems().fit(data, seed=0, progress=silent)
    lists = rank(model, [Query(item_index=int(i)) for i in items], 10, remove_seen=False)
    return float((group_of[lists] == group_of[items][:, None]).mean())


def test_metadata_decides_for_cold_items_if_it_says_anything():
    """Half of the items of every group lose all but 4 of their interactions."""
    data, group_of = groups(), np.repeat(np.arange(N_GROUPS), GROUP_SIZE)
    cold = np.flatnonzero(np.arange(N_ITEMS) % 2)
    order = np.argsort(data.item_indices, kind="stable")
    nth = np.empty(data.n_rows, np.int64)
    nth[order] = np.arange(data.n_rows) - np.searchsorted(
        data.item_indices[order], data.item_indices[order]
    )
    data = data.subset(~np.isin(data.item_indices, cold) | (nth < 4))
    mixed = np.random.default_rng(3).permutation(group_of)
    assert share_of_own_group(labelled(data, group_of), group_of, cold) > 0.95
    assert share_of_own_group(labelled(data, mixed), group_of, cold) < 0.2


def test_the_popularity_discount_lowers_the_popularity_of_answers_step_by_step():
    """A tenth of all steps lead to one of ten items that everybody knows."""
    data, rng = groups(), np.random.default_rng(5)
    known = rng.random(data.n_rows) < 0.3
    items = np.where(known, rng.integers(0, 10, data.n_rows), data.item_indices)
    data = replace(data, item_indices=items.astype(np.int32))
    queries = [Query(item_index=item) for item in range(10, N_ITEMS)]
    means = []
    for factor in (0.0, 0.25, 0.5, 0.75, 1.0):
        model = SimilarItems(popularity_discount_factor=factor).fit(data, seed=0, progress=silent)
        means.append(float(model.popularity[rank(model, queries, 10, remove_seen=False)].mean()))
    assert means == sorted(means, reverse=True)
    assert means[0] > 1.5 * means[-1]


COLOURS = ("red", "blue", "green", "white", "black")
KINDS = {
    "seat": ("sofa couch", "cushion comfortable living room fabric legs"),
    "light": ("lamp lantern", "bulb bright switch cable shade glow"),
    "drink": ("mug cup", "tea coffee handle ceramic hot pour"),
    "bed": ("duvet quilt", "sleep warm night cover feather soft"),
}


def goods(seed=0, n=240):
    """Items of four kinds; each is called by one of two words that never stand together."""
    rng = np.random.default_rng(seed)
    kinds = [list(KINDS)[place % 4] for place in range(n)]
    names, texts = [], []
    for kind in kinds:
        called, said = KINDS[kind]
        word = str(rng.choice(called.split()))
        names.append(f"{rng.choice(COLOURS)} {word}")
        texts.append(" ".join([*rng.choice(said.split(), 3), *rng.choice(COLOURS, 1)]))
    return kinds, names, texts


def meaning_model(names, texts):
    features = Features(names={"TITLE": tuple(names)}, texts={"TEXT": tuple(texts)})
    nobody = np.empty((0, 1), np.int32)
    data = interactions(nobody, n_items=len(names), item_features=features)
    return SemanticSimilarity().fit(data, seed=0, progress=silent)


def share_of_own_kind(kinds, model):
    """Of the ten nearest."""
    queries = [Query(item_index=item) for item in range(len(kinds))]
    lists = rank(model, queries, 10, remove_seen=False)
    kinds = np.array(kinds)
    return float((kinds[lists] == kinds[:, None]).mean())


def test_synonyms_are_nearer_than_what_is_unrelated():
    """ "sofa" and "couch" never stand in one text, nor does "lamp" with either."""
    _, names, texts = goods()
    model = meaning_model([*names, "sofa", "couch", "lamp"], [*texts, "", "", ""])
    sofa, couch, lamp = (len(names) + place for place in range(3))
    scores = model.score([Query(item_index=sofa)])[0]
    assert scores[couch] > scores[lamp] + 0.2


def test_items_of_a_kind_are_near_unless_their_texts_are_dealt_out_anew():
    kinds, names, texts = goods()
    dealt = np.random.default_rng(1).permutation(len(names))
    assert share_of_own_kind(kinds, meaning_model(names, texts)) > 0.9
    mixed = meaning_model([names[i] for i in dealt], [texts[i] for i in dealt])
    assert share_of_own_kind(kinds, mixed) < 0.35
