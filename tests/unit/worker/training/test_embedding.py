"""Trainings of the recipe that compares meanings: items are enough."""

import json
from dataclasses import replace

import pytest

from penchant.data.queries import Query
from penchant.domain.arns import Kind
from penchant.models.artifacts import read_artifact
from penchant.settings import Settings
from penchant.store.events import Event
from penchant.worker.importing import Import
from penchant.worker.training.embedding import embedder_of
from penchant.worker.training.learning import learn
from penchant.worker.training.text_endpoint import EndpointEmbedder

RECIPE = "arn:aws:personalize:::recipe/aws-semantic-similarity"
PLAYS = {
    "type": "record",
    "name": "Interactions",
    "namespace": "shop",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
}
NAME = {"name": "TITLE", "type": "string", "itemName": True}
TEXT = {"name": "DESCRIPTION", "type": ["string", "null"], "textual": True}
PRICE = {"name": "PRICE", "type": "float"}
GOODS = ("red wool scarf", "blue wool hat", "iron garden spade", "steel garden rake")


def items(yard, *fields, rows=40):
    """A dataset of items; every fourth is of the same goods."""
    document = {
        "type": "record",
        "name": "Items",
        "namespace": "shop",
        "fields": [{"name": "ITEM_ID", "type": "string"}, *fields],
    }
    schema = yard.put(Kind.SCHEMA, "goods", schema=json.dumps(document))
    group = yard.put(Kind.DATASET_GROUP, "shop")
    arn = yard.put(
        Kind.DATASET, "shop/ITEMS", parent_arn=group, schemaArn=schema, datasetType="Items"
    )
    told = {"TITLE": "title of {1}", "DESCRIPTION": "{} and {}", "PRICE": "1.5{}"}
    head = ",".join(["ITEM_ID", *(one["name"] for one in fields)])
    lines = [
        ",".join([f"i{n}", *(told[one["name"]].format(n % 9, GOODS[n % 4])[:60] for one in fields)])
        for n in range(rows)
    ]
    path = yard.folder / "in" / "goods.csv"
    path.write_text("\n".join([head, *lines]))
    yard.put(
        Kind.DATASET_IMPORT_JOB,
        "monday",
        job="import",
        datasetArn=arn,
        dataSource={"dataLocation": f"file://{path}"},
        importMode="FULL",
    )
    yard.work("import", Import(yard.shop))
    return group


def version(yard, group, **sent):
    return yard.put(
        Kind.SOLUTION_VERSION,
        "alike/00000001",
        recipeArn=RECIPE,
        datasetGroupArn=group,
        **sent,
    )


def trained(yard, arn, settings=None):
    settings = settings or yard.shop.settings
    return learn(yard.shop.stores, settings, arn, "artifacts/1", lambda step: None)


def test_items_alone_are_enough(yard):
    outcome = trained(yard, version(yard, items(yard, NAME, TEXT)))
    metrics = outcome["metrics"]
    assert {"coverage", "item_freshness", "item_popularity", "item_similarity"} == set(metrics)
    assert metrics["item_similarity"] > 0.2
    assert metrics["item_popularity"] == 0
    artifact = read_artifact(yard.folder / "artifacts/1")
    item = artifact.items.index("i0")
    scores = artifact.model.score([Query(item_index=item)])[0]
    same = [artifact.items.index(f"i{n}") for n in range(4, 40, 4)]
    other = [artifact.items.index(f"i{n}") for n in range(2, 40, 4)]
    assert scores[same].min() > scores[other].max()


def test_columns_that_are_not_included_are_not_read(yard):
    config = {"trainingDataConfig": {"includedDatasetColumns": {"Items": ["TITLE"]}}}
    arn = version(yard, items(yard, NAME, TEXT), solutionConfig=config)
    trained(yard, arn)
    terms = read_artifact(yard.folder / "artifacts/1").model.text_map.terms
    assert "title" in terms
    assert "and" not in terms


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ((TEXT,), 'has 0 fields with "itemName": true; aws-semantic-similarity needs exactly one'),
        ((NAME, PRICE), 'no field with "textual": true; aws-semantic-similarity needs one'),
    ],
)
def test_a_schema_without_names_or_texts_is_refused(yard, fields, told):
    with pytest.raises(ValueError, match=told):
        trained(yard, version(yard, items(yard, *fields)))


def test_two_names_are_one_too_many(yard):
    other = {**NAME, "name": "DESCRIPTION"}
    with pytest.raises(ValueError, match='2 fields with "itemName": true: TITLE, DESCRIPTION'):
        trained(yard, version(yard, items(yard, NAME, other, PRICE)))


def test_a_group_without_items_is_told_what_to_do(yard):
    group = yard.put(Kind.DATASET_GROUP, "shop")
    with pytest.raises(ValueError, match="has no items dataset; create one whose schema has"):
        trained(yard, version(yard, group))


def test_the_settings_name_the_embedder(yard):
    arn = version(yard, yard.put(Kind.DATASET_GROUP, "shop"))
    asked = Settings(
        text_embedding_endpoint_url="http://127.0.0.1:9/v1",
        text_embedding_model="small",
        text_embedding_api_key="k",
        text_embedding_batch=3,
        text_embedding_timeout_s=2.0,
    )
    expected = EndpointEmbedder("http://127.0.0.1:9/v1", "small", "k", batch=3, timeout_s=2.0)
    assert embedder_of(asked, yard.get(arn)) == expected
    assert embedder_of(Settings(), yard.get(arn)) is None


def test_other_recipes_are_not_given_one(yard):
    group = yard.put(Kind.DATASET_GROUP, "shop")
    other = yard.put(
        Kind.SOLUTION_VERSION,
        "sims/00000001",
        recipeArn="arn:aws:personalize:::recipe/aws-sims",
        datasetGroupArn=group,
    )
    wrong = Settings(text_embedding_model="/nowhere")
    assert embedder_of(wrong, yard.get(other)) is None


def test_an_endpoint_without_a_model_is_refused(yard):
    arn = version(yard, yard.put(Kind.DATASET_GROUP, "shop"))
    asked = Settings(text_embedding_endpoint_url="http://127.0.0.1:9/v1")
    with pytest.raises(ValueError, match="text_embedding_model is not; name the model"):
        embedder_of(asked, yard.get(arn))


def test_a_folder_that_is_no_model_is_told_by_the_training(yard):
    arn = version(yard, items(yard, NAME, TEXT))
    settings = replace(yard.shop.settings, text_embedding_model=str(yard.folder))
    with pytest.raises(ValueError, match=r"holds no model.onnx"):
        trained(yard, arn, settings)


def test_interactions_where_there_are_some_make_popularity(yard):
    group = items(yard, NAME, TEXT)
    schema = yard.put(Kind.SCHEMA, "plays", schema=json.dumps(PLAYS))
    yard.put(
        Kind.DATASET,
        "shop/INTERACTIONS",
        parent_arn=group,
        schemaArn=schema,
        datasetType="Interactions",
    )
    events = [
        Event(
            user_id=f"u{n}", item_id="i3" if n < 4 else "i8", timestamp=1_000 + n, event_id=str(n)
        )
        for n in range(6)
    ]
    yard.shop.stores.events.append(group, events).result()
    trained(yard, version(yard, group))
    artifact = read_artifact(yard.folder / "artifacts/1")
    found = {artifact.items.ids[n]: artifact.model.popularity[n] for n in range(40)}
    assert (found["i3"], found["i8"], found["i0"]) == (1.0, 0.5, 0.0)
