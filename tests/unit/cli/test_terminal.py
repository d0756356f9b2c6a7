from penchant.cli.terminal import counted


def test_one_is_singular_and_thousands_have_commas():
    assert [counted(n, "user") for n in (0, 1, 1204)] == ["0 users", "1 user", "1,204 users"]
