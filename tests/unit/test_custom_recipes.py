import subprocess
import sys
from pathlib import Path

import pytest

from penchant.custom_recipes import catalogue_of, read_recipes
from penchant.domain.recipes import BUILT_IN
from penchant.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMAND = EXAMPLES / "custom_recipe_command" / "recipes.toml"
ENTRY = """
from penchant.domain.recipes import RecipeEntry, RecipeType
from penchant.domain.recipes.sources import PythonSource
ENTRY = RecipeEntry("{name}", RecipeType.USER_PERSONALIZATION, "mine", "mine", "",
                    source=PythonSource("mine_recipe:Mine", "mine_model:Mine"))
"""


def declared(tmp_path, text):
    path = tmp_path / "recipes.toml"
    path.write_text(text)
    return read_recipes(path)


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a package with an entry point on the path."""

    def installed(text, name="mine"):
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (tmp_path / f"{name}_entry.py").write_text(text)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[penchant.recipes]\n{name} = {name}_entry:ENTRY\n")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, f"{name}_entry", raising=False)

    return installed


def test_without_any_there_are_the_services_own():
    assert catalogue_of(Settings()) is BUILT_IN


def test_declared_recipes_follow_the_services_own():
    entry = catalogue_of(Settings(custom_recipes=(COMMAND,))).entries[-1]
    assert (entry.arn, entry.scores) == ("arn:aws:personalize:::recipe/shop-factors", True)
    dimension = entry.hyper_parameters["dimension"]
    assert (dimension.default, dimension.low, dimension.high) == ("16", 1, 256)
    assert (dimension.integer, dimension.tunable) == (True, True)
    assert not entry.hyper_parameters["popularity_discount"].integer
    assert entry.source.folder == COMMAND.parent
    assert (entry.source.command, entry.source.timeout_s) == (("python3", "train.py"), 600)


def test_a_container_is_declared_by_its_image(tmp_path):
    text = (
        '[[recipe]]\nname = "x"\nimage = "shop/x:1"\ntype = "RELATED_ITEMS"\n'
        "environment = {LEVEL = 3}\n"
    )
    (entry,) = declared(tmp_path, text)
    assert (entry.source.image, entry.source.command) == ("shop/x:1", ())
    assert (entry.source.environment, entry.scores) == ({"LEVEL": "3"}, False)


DECLARED = "[[recipe]]\nname = 'x'\ncommand = ['a']\n"
PARAMETERS = "[[recipe]]\nname = 'x'\ncommand = ['a']\n[recipe.hyper_parameters]\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[recipe]\n", "give each recipe as a .*recipe.* table"),
        ("x = 1\n[[recipe]]\n", "and nothing else"),
        ("[[recipe", "cannot be read"),
        ("[[recipe]]\ncommand = ['a']\n", "the recipe without a name: name is missing"),
        ("[[recipe]]\nname = 'x'\n", "the recipe x: give either a command, .* or an image"),
        ("[[recipe]]\nname = 'x'\ncommand = ['a']\nimage = 'b'\n", "give either a command"),
        ("[[recipe]]\nname = 'x'\ncommand = 'a b'\n", "command is a list of words"),
        ("[[recipe]]\nname = 'x'\ncommand = ['a']\ntimeout_s = 0\n", "timeout_s is 0; give a"),
        ("[[recipe]]\nname = 'x'\ncommand = ['a']\ncolour = 1\n", "colour is not known; known: "),
        ("[[recipe]]\nname = 'x'\ncommand = ['a']\ntype = 'BEST'\n", "'BEST' is not a valid"),
        (
            "[[recipe]]\nname = 'x'\ncommand = ['a']\ntype = 'USER_SEGMENTATION'\n",
            "type USER_SEGMENTATION is not to be had by a command; take USER_PERSONALIZATION",
        ),
        (
            PARAMETERS + "k = {low = 1}\n",
            "default is missing",
        ),
        (
            PARAMETERS + "k = {most = 3}\n",
            "hyper_parameters.k.most is not known",
        ),
        (PARAMETERS + "k = {default = 1, low = 1}\n", "k needs a low and a high, or choices"),
        ("recipe = [5]\n", "give each recipe as a .*recipe.* table"),
        ("[[recipe]]\nname = 5\ncommand = ['a']\n", "name is 5; give a text"),
        (DECLARED + "type = 5\n", "type is 5; give a text"),
        (DECLARED + "timeout_s = 'soon'\n", "timeout_s is 'soon'; give a number"),
        (DECLARED + "timeout_s = inf\n", "timeout_s is inf; give a number of seconds above 0"),
        (DECLARED + "environment = 5\n", "environment is 5; give a table"),
        (
            DECLARED + "environment = {'A=B' = 'c'}\n",
            "environment 'A=B' = 'c' cannot be given to a",
        ),
        (
            DECLARED + 'environment = {A = "c\\u0000"}\n',
            "environment 'A' = .* cannot be given to a",
        ),
        (DECLARED + "hyper_parameters = 5\n", "hyper_parameters is 5; give a table"),
        ('[[recipe]]\nname = "x"\ncommand = ["a\\u0000"]\n', "command is a list of words"),
        (PARAMETERS + "k = 5\n", "hyper_parameters.k is 5; give a table"),
        (
            PARAMETERS + "k = {default = [1], choices = []}\n",
            "k.default is .1.; give a text or num",
        ),
        (PARAMETERS + "k = {default = 1, choices = 5}\n", "k.choices is 5; give a list"),
        (PARAMETERS + "k = {default = 1, low = 'a', high = 3}\n", "k.low is 'a'; give a number"),
        (PARAMETERS + "k = {default = 1, low = true, high = 3}\n", "k.low is True; give a number"),
        (
            PARAMETERS + "'k=' = {default = 1, low = 1, high = 3}\n",
            "a hyper-parameter is named 'k='",
        ),
    ],
)
def test_a_wrong_declaration_is_told(tmp_path, text, reason):
    with pytest.raises(ValueError, match=reason):
        declared(tmp_path, text)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ValueError, match=r"custom_recipes: .*none.toml cannot be read"):
        read_recipes(tmp_path / "none.toml")


def test_a_file_that_is_not_utf_8_is_told(tmp_path):
    (tmp_path / "recipes.toml").write_bytes(b"\xff")
    with pytest.raises(ValueError, match=r"custom_recipes: .*recipes.toml cannot be read: 'utf-8'"):
        read_recipes(tmp_path / "recipes.toml")


@pytest.mark.parametrize("name", ["aws-mine", "a b", "-x", "x" * 64])
def test_a_wrong_name_is_refused(tmp_path, name):
    path = tmp_path / "recipes.toml"
    path.write_text(f"[[recipe]]\nname = '{name}'\ncommand = ['a']\n")
    with pytest.raises(ValueError, match="a custom recipe cannot be named"):
        catalogue_of(Settings(custom_recipes=(path,)))


def test_a_default_out_of_range_is_refused(tmp_path):
    path = tmp_path / "recipes.toml"
    path.write_text(PARAMETERS + "k = {default = 9, low = 1, high = 3}\n")
    with pytest.raises(ValueError, match="the default of a recipe, x: k='9' is out of range"):
        catalogue_of(Settings(custom_recipes=(path,)))


@pytest.mark.parametrize("family", ["sims", "external"])
def test_a_family_of_another_is_refused(install, family):
    install(ENTRY.format(name="mine").replace('"mine", "mine"', f'"{family}", "mine"'))
    with pytest.raises(ValueError, match=f"mine needs a family of its own, not '{family}'"):
        catalogue_of(Settings())


def test_an_entry_point_is_a_recipe(install):
    install(ENTRY.format(name="mine"))
    assert catalogue_of(Settings()).entries[-1].name == "mine"


def test_two_recipes_of_one_name_are_refused(install):
    install(ENTRY.format(name="mine"))
    install(ENTRY.format(name="mine").replace('"mine", "mine"', '"yours", "mine"'), name="other")
    with pytest.raises(ValueError, match="two recipes have the name 'mine': rename one"):
        catalogue_of(Settings())


@pytest.mark.parametrize(
    "source",
    [
        "import no_such_module_at_all",
        "from penchant import no_such_name",
        "OTHER = 1",
        "ENTRY = ",
        "from penchant.domain.recipes import RecipeEntry\nENTRY = RecipeEntry(colour='red')",
        "ENTRY = int('seven')",
        "ENTRY = {}['seven']",
    ],
)
def test_an_entry_point_that_fails_is_told(install, source):
    install(source, name="broken")
    with pytest.raises(ValueError, match=r"'broken' = 'broken_entry:ENTRY' .* cannot be loaded"):
        catalogue_of(Settings())


def test_an_entry_point_of_something_else_is_told(install):
    install("ENTRY = 7", name="seven")
    with pytest.raises(ValueError, match="is no RecipeEntry with a PythonSource"):
        catalogue_of(Settings())


def test_answering_processes_import_no_trainer_of_others():
    code = (
        "import sys; from penchant.custom_recipes import catalogue_of; "
        "from penchant.models.registry import loaders_of; from penchant.settings import Settings; "
        "loaders_of(catalogue_of(Settings()).entries); "
        "found = [n for n in sys.modules if n.startswith(('torch', 'penchant.recipes'))]; "
        "sys.exit(' '.join(found) or 0)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
