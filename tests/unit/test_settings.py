from pathlib import Path

import pytest

from penchant.settings import Settings, environment, read


def test_nothing_set_means_the_defaults():
    assert read({"PATH": "/bin"}) == Settings()


def test_a_variable_sets_and_an_option_overrides_it():
    settings = read({"PENCHANT_PORT": "9000", "PENCHANT_HOST": "::1"}, port=0, host=None)
    assert (settings.port, settings.host) == (0, "::1")


def test_a_child_process_reads_the_same_settings():
    settings = Settings(
        data_dir=Path("here"), file_roots=(Path("/a"), Path("/b")), lease_s=2.5, seed=7
    )
    assert read(environment(settings)) == settings


def test_the_database_lies_in_the_data_folder_unless_an_address_is_set():
    assert Settings(data_dir=Path("/data")).sqlalchemy_url == "sqlite:////data/penchant.db"
    assert Settings(database_url="postgresql://db/x").sqlalchemy_url == "postgresql://db/x"


@pytest.mark.parametrize(
    ("variable", "text", "complaint"),
    [
        ("PENCHANT_PROT", "1", "PENCHANT_PROT is set, but there is no setting 'prot'"),
        ("PENCHANT_PORT", "http", "PENCHANT_PORT='http' is not of type int"),
        ("PENCHANT_LEASE_S", "soon", "PENCHANT_LEASE_S='soon' is not of type float"),
        ("PENCHANT_PORT", "-1", "port is -1; the least that it can be is 0"),
        ("PENCHANT_N_WORKERS", "0", "n_workers is 0; the least that it can be is 1"),
        ("PENCHANT_LEASE_S", "nan", "lease_s is nan; the least that it can be is 0.01"),
        ("PENCHANT_LEASE_S", "inf", "lease_s is inf; the least"),
        ("PENCHANT_SEED", "4294967296", "seed is 4294967296; the most that it can be is 42949672"),
        ("PENCHANT_ACCOUNT", "12", "account is '12': Account \\(12 digits\\)"),
        ("PENCHANT_LOG_LEVEL", "LOUD", "log_level is 'LOUD': DEBUG, INFO, WARNING or ERROR"),
        ("PENCHANT_HEARTBEAT_S", "15", "heartbeat_s is 15.0, which is not shorter than lease_s"),
    ],
)
def test_what_cannot_work_is_refused_at_the_start(variable, text, complaint):
    with pytest.raises(ValueError, match=complaint):
        read({variable: text})
