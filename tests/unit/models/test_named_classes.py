import json

import pytest

from penchant.models.named_classes import named_class


def test_a_class_is_found_by_its_name():
    assert named_class("json:JSONDecoder") is json.JSONDecoder


@pytest.mark.parametrize("name", ["no_such_package:Mine", "json:NoSuchClass", "json", ""])
def test_what_cannot_be_imported_is_told(name):
    with pytest.raises(ValueError, match=f"{name!r} of a custom recipe cannot be imported"):
        named_class(name)
