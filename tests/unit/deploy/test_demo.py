"""The demo reads its variables, keeps its secrets, and gives each child its own location."""

import stat
from pathlib import Path

import pytest

from deploy.local import places
from deploy.local.console import NotPossibleError
from deploy.local.demo import clean, greeting, only_one, wishes_of
from deploy.local.demo_check import DIGEST_LINE
from deploy.local.locations import PARTS, child_environment, demo_locations, kept_secret
from deploy.local.postgres import USER


def test_without_variables_the_demo_is_in_var_demo_at_8001():
    wishes = wishes_of({})

    assert wishes.home == places.CHECKOUT / "var" / "demo"
    assert (wishes.http_port, wishes.extras, wishes.bootstrap) == (8001, 0, "")


def test_variables_are_honoured():
    wishes = wishes_of(
        {
            "DEMO_HOME": "/srv/demo",
            "DEMO_HTTP_PORT": "9001",
            "DEMO_EXTRAS": "-1",
            "KAFKA_BOOTSTRAP": "broker:9092",
        }
    )

    assert wishes.home == Path("/srv/demo")
    assert (wishes.http_port, wishes.extras, wishes.bootstrap) == (9001, -1, "broker:9092")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEMO_HTTP_PORT", "http"),
        ("DEMO_HTTP_PORT", "0"),
        ("DEMO_HTTP_PORT", "65534"),
        ("DEMO_EXTRAS", "-2"),
        ("DEMO_EXTRAS", "1.5"),
        ("DEMO_EXTRAS", "--1"),
    ],
)
def test_a_bad_variable_is_named(name: str, value: str):
    with pytest.raises(NotPossibleError, match=f"^{name} is "):
        wishes_of({name: value})


def test_a_kafka_of_ones_own_and_somebody_elses_exclude_each_other():
    with pytest.raises(NotPossibleError, match="KAFKA_BOOTSTRAP is broker:9092"):
        wishes_of({"KAFKA_BOOTSTRAP": "broker:9092"}, is_on_kafka=True)


def test_a_child_is_not_led_to_another_installation(tmp_path):
    caller = {
        "PATH": "/bin",
        "POSTGRES_PASSWORD_FILE": "/etc/other",
        "SECRET_KEY_FILE": "/etc/other",
        "LOCATION_ID": "production",
        "KAFKA_SASL_USERNAME": "somebody",
    }

    child = child_environment(caller, home=tmp_path, location_id="loc2")

    assert child["PATH"] == "/bin"
    assert child["LOCATION_ID"] == "loc2"
    assert child["DEMO_HOME"] == str(tmp_path)
    assert not {"POSTGRES_PASSWORD_FILE", "SECRET_KEY_FILE", "KAFKA_SASL_USERNAME"} & set(child)


def test_settings_for_connecting_to_a_named_kafka_reach_the_children(tmp_path):
    caller = {"KAFKA_BOOTSTRAP": "broker:9092", "KAFKA_SASL_USERNAME": "somebody"}

    child = child_environment(caller, home=tmp_path, location_id="loc1")

    assert child["KAFKA_SASL_USERNAME"] == "somebody"


def test_each_location_has_its_own_port_database_and_secret(tmp_path):
    locations = demo_locations(tmp_path, data_home=tmp_path, http_port=8001)

    environments = [place.environment(bootstrap="127.0.0.1:1") for place in locations]

    assert [place.url for place in locations] == [
        "http://127.0.0.1:8001",
        "http://127.0.0.1:8002",
        "http://127.0.0.1:8003",
    ]
    for name in ("LOCATION_ID", "POSTGRES_PORT", "SECRET_KEY", "WEB_BIND"):
        assert len({environment[name] for environment in environments}) == 3, name


def test_only_what_makes_tables_is_their_owner(tmp_path):
    location = demo_locations(tmp_path, data_home=tmp_path, http_port=8001)[0]
    specs = {part: location.part(part, bootstrap="") for part in PARTS}
    specs |= {name: location.command(name, bootstrap="") for name in ("migrate", "verify_sync")}

    owners = {name for name, spec in specs.items() if spec.env["POSTGRES_USER"] == USER}

    assert owners == {"keep", "migrate"}
    rest = [spec.env for name, spec in specs.items() if name not in owners]
    login = {(env["POSTGRES_USER"], env["POSTGRES_PASSWORD"]) for env in rest}
    made = specs["migrate"].env
    assert login == {
        (made["POSTGRES_APPLICATION_USER"], made["POSTGRES_APPLICATION_PASSWORD"]),
    }
    assert "POSTGRES_APPLICATION_PASSWORD" not in rest[0]


def test_a_secret_is_made_once_and_is_for_its_owner_only(tmp_path):
    file = tmp_path / "secrets" / "loc1"

    secret = kept_secret(file)

    assert len(secret) == 64
    assert kept_secret(file) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_demo_in_the_same_home_is_refused(tmp_path):
    with (
        only_one(tmp_path),
        pytest.raises(NotPossibleError, match="already runs"),
        only_one(tmp_path),
    ):
        pass

    with only_one(tmp_path):
        pass


def test_clean_removes_what_the_demo_made_and_nothing_else(tmp_path):
    for name in ("log/loc1-web.log", "run/loc1-web.pid", "secrets/loc1", "mine/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    clean(tmp_path)

    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


def test_the_first_line_of_the_greeting_names_the_three_addresses(tmp_path):
    locations = demo_locations(tmp_path, data_home=tmp_path, http_port=8001)

    lines = greeting(locations, home=tmp_path).splitlines()

    assert lines[0] == "ready http://127.0.0.1:8001 http://127.0.0.1:8002 http://127.0.0.1:8003"
    assert any("provider/provider" in line for line in lines)
    assert any(line.lstrip().startswith("curl -s http://127.0.0.1:8001/") for line in lines)


def test_a_digest_is_read_from_its_own_line_only():
    assert DIGEST_LINE.findall("digest of loc1\ndigest 0a1b\n") == ["0a1b"]
