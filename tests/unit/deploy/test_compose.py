"""docker-compose.yml, the image and the proxy name only what the code has."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve

from deploy.local.locations import APPLICATION_USER, OWNERS_COMMANDS, PARTS
from events import key_ring

ROOT = Path(__file__).resolve().parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text()
CADDYFILE = (ROOT / "deploy/proxy/Caddyfile").read_text()
GUNICORN_VARIABLES = re.findall(
    r'environ\.get\("([A-Z_]+)"', (ROOT / "deploy/gunicorn.conf.py").read_text()
)
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
LOCATIONS = ("loc1", "loc2", "loc3")
COMPLETED = {"condition": "service_completed_successfully"}
# As the demo runs them, so that the two are kept in step.
WORKERS = {part: words[1] for part, words in PARTS.items() if words[0] == "manage.py"}


def environment_of(service: dict) -> dict[str, str]:
    """What the container gets, `environment` before `env_file`, as Compose does."""
    found = {}
    for file in service.get("env_file", []):
        for line in (ROOT / file).read_text().splitlines():
            if line and not line.startswith("#"):
                name, value = line.split("=", 1)
                found[name] = value
    return found | service.get("environment", {})


def variables_the_code_reads() -> set[str]:
    """Names that settings, the Kafka door and the entrypoint read; secrets also as NAME_FILE."""
    settings_text = (ROOT / "sins/settings.py").read_text()
    plain = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings_text))
    secrets = set(re.findall(r'env\.secret\(\s*"([A-Z_]+)"', settings_text))
    in_the_entrypoint = set(re.findall(r"\$\{([A-Z_]+):-", (ROOT / "entrypoint.sh").read_text()))
    return plain | {f"{name}_FILE" for name in secrets} | in_the_entrypoint


def made_secrets() -> set[str]:
    """The files that the documented step makes."""
    return set(re.findall(r"\bloc\d_\w+", (ROOT / "deploy/make-secrets.sh").read_text()))


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name):
    service = OURS[name]
    words = service.get("entrypoint", service.get("command"))

    if words is None:
        config = re.search(r'CMD \["gunicorn", "--config", "([\w./]+)"\]', DOCKERFILE).group(1)
        assert f"COPY {config} {config}" in DOCKERFILE
        assert 'wsgi_app = "sins.wsgi:application"' in (ROOT / config).read_text()
    else:
        assert words[:2] == ["python", "manage.py"]
        assert words[2] in get_commands()


def test_the_entrypoint_calls_commands_that_exist():
    called = re.findall(r"manage\.py (\w+)", (ROOT / "entrypoint.sh").read_text())

    assert called == ["migrate_when_ready", "load_sample_data"]
    assert set(called) <= set(get_commands())
    assert os.access(ROOT / "entrypoint.sh", os.X_OK)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_read_by_the_code(name):
    assert set(environment_of(OURS[name])) <= variables_the_code_reads()


@pytest.mark.parametrize("name", OURS)
def test_no_container_believes_a_role_header_alone(name):
    environment = environment_of(OURS[name])

    assert environment["AUTH_MODE"] == "token"
    assert "ALLOW_INSECURE_ROLE_HEADER" not in environment


@pytest.mark.parametrize("location", LOCATIONS)
def test_the_parts_of_a_location_share_its_id_and_its_database(location):
    parts = {part: OURS[f"{location}-{part}"] for part in ("web", *WORKERS)}

    for part, service in parts.items():
        environment = environment_of(service)
        assert environment["LOCATION_ID"] == location
        assert environment["POSTGRES_HOST"] == f"{location}-db"
        assert service["depends_on"] == {f"{location}-migrate": COMPLETED}
        if part != "web":
            assert service["command"][2] == WORKERS[part]
    database = SERVICES[f"{location}-db"]
    assert database["environment"]["POSTGRES_DB"] == environment["POSTGRES_DB"]


@pytest.mark.parametrize("location", LOCATIONS)
def test_only_what_makes_tables_is_their_owner(location):
    owner = SERVICES[f"{location}-db"]["environment"]
    login = ("POSTGRES_USER", "POSTGRES_PASSWORD_FILE")

    for name in (name for name in OURS if name.startswith(location)):
        environment = environment_of(OURS[name])
        is_owner = name in (f"{location}-migrate", f"{location}-keep")
        assert ([environment[key] for key in login] == [owner[key] for key in login]) == is_owner
        assert (f"{location}_postgres_password" in OURS[name]["secrets"]) == is_owner
        if is_owner:
            made = [environment[key.replace("_", "_APPLICATION_", 1)] for key in login]
        else:
            assert environment["POSTGRES_USER"] == APPLICATION_USER
    assert made == [environment_of(OURS[f"{location}-web"])[key] for key in login]
    migrate = OURS[f"{location}-migrate"]
    assert migrate["depends_on"] == {f"{location}-db": {"condition": "service_healthy"}}
    assert migrate["entrypoint"][2] in OWNERS_COMMANDS


def test_kafka_is_reached_where_it_says_it_is():
    kafka = SERVICES["kafka"]["environment"]

    for service in OURS.values():
        address = environment_of(service)["KAFKA_BOOTSTRAP"]
        assert kafka["KAFKA_ADVERTISED_LISTENERS"] == f"PLAINTEXT://{address}"
        assert address.split(":")[0] in SERVICES


def test_every_port_leads_through_the_proxy_to_a_web_process():
    bound = re.search(r"WEB_BIND=0\.0\.0\.0:(\d+)", DOCKERFILE).group(1)
    sites = re.findall(r":(\d+), .*:\1 \{\s+import \w+\s+reverse_proxy ([\w-]+):(\d+)", CADDYFILE)

    assert [port for port, _, _ in sites] == ["8001", "8002", "8003"]
    assert [name for _, name, _ in sites] == ["loc1-web", "loc2-web", "loc3-web"]
    assert {port for _, _, port in sites} == {bound}
    assert f"EXPOSE {bound}" in DOCKERFILE
    published = [port.rsplit(":", 2)[1:] for port in SERVICES["proxy"]["ports"]]
    assert published == [[port, port] for port, _, _ in sites]
    assert not [name for name in OURS if "ports" in OURS[name]]


def test_the_proxy_keeps_the_metrics_inside():
    inside = re.search(r"@inside path (.+)\n\trespond @inside 404", CADDYFILE).group(1).split()

    assert inside == ["/metrics", "/metrics/"]
    assert {resolve(path).func.__name__ for path in inside} == {"metrics_text"}
    for name in (f"{location}-web" for location in LOCATIONS):
        assert name in environment_of(SERVICES[name])["ALLOWED_HOSTS"].split(",")


def test_the_proxy_uses_the_variables_it_gets():
    used = set(re.findall(r"\{\$([A-Z_]+):", CADDYFILE))

    assert used == set(SERVICES["proxy"]["environment"])


def test_the_health_check_asks_a_page_that_exists():
    port, path = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", DOCKERFILE).groups()

    assert f"WEB_BIND=0.0.0.0:{port}" in DOCKERFILE
    assert resolve(path)
    for location in LOCATIONS:
        assert "127.0.0.1" in environment_of(SERVICES[f"{location}-web"])["ALLOWED_HOSTS"]


def test_every_service_says_whether_it_is_well():
    for name, service in SERVICES.items():
        if name not in OURS:
            assert service["healthcheck"]["test"], name


@pytest.mark.parametrize("name", SERVICES)
def test_every_mounted_file_is_in_the_repository_or_made_by_the_documented_step(name):
    service = SERVICES[name]

    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
    for file in service.get("env_file", []):
        assert (ROOT / file).is_file()
    for secret in service.get("secrets", []):
        assert COMPOSE["secrets"][secret]["file"] == f"./deploy/secrets/{secret}"
        assert secret in made_secrets()


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_come_from_mounted_files_only(name):
    environment = environment_of(SERVICES[name])

    assert not {"SECRET_KEY", "POSTGRES_PASSWORD"} & set(environment)
    for variable, path in environment.items():
        if variable.endswith("_FILE") and variable != "EVENT_KEYS_FILE":
            assert path.removeprefix("/run/secrets/") in SERVICES[name]["secrets"]


@pytest.mark.parametrize("name", OURS)
def test_every_process_has_the_key_ring_and_only_one_may_change_it(name):
    folder = environment_of(OURS[name])["EVENT_KEYS_FILE"].rpartition("/")[0]
    [mounted] = [volume for volume in OURS[name]["volumes"] if f":{folder}" in volume]

    assert mounted.startswith("./deploy/secrets/event-keys:")
    assert mounted.endswith(":ro") == (name != "event-keys")


def test_the_step_makes_different_secrets_and_keeps_them(tmp_path):
    (tmp_path / "secrets").mkdir()
    script = shutil.copy(ROOT / "deploy/make-secrets.sh", tmp_path)

    first, second = [
        subprocess.run(["sh", script], check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    ]

    ring = tmp_path / "secrets" / "event-keys" / "ring"
    assert len(key_ring.read(ring).keys) == 1
    files = [file for file in (tmp_path / "secrets").iterdir() if file.is_file()]
    made = {file.name: file.read_text() for file in files}
    assert set(made) == made_secrets() == set(COMPOSE["secrets"])
    assert len(set(made.values())) == len(made)
    assert min(map(len, made.values())) >= 50
    assert first.count("made") == second.count("kept") == len(made) + 1


def test_the_image_holds_the_whole_product_and_runs_as_nobody_special():
    copied = set(re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M))
    copied = {source for sources in copied for source in sources.split()}
    given = set(re.findall(r"\b((?:STATIC|WEB)_[A-Z]+)=", DOCKERFILE))
    let_through = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.M))
    our_apps = {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()}

    assert our_apps <= copied
    assert copied == let_through
    assert given <= variables_the_code_reads() | set(GUNICORN_VARIABLES)
    assert all((ROOT / source).exists() for source in copied)
    assert re.search(r"^USER sins$", DOCKERFILE, re.M)


def settings_of_loc1(tmp_path: Path) -> dict[str, str]:
    secret = tmp_path / "secret"
    secret.write_text("k" * 64)
    environment = environment_of(SERVICES["loc1-web"])
    files = {name: str(secret) for name in environment if name.endswith("_FILE")}
    key_ring.write(tmp_path / "ring", key_ring.ring_of([key_ring.new_key()]))
    files["EVENT_KEYS_FILE"] = str(tmp_path / "ring")
    return (
        {"PATH": os.environ["PATH"], "STATIC_ROOT": str(tmp_path / "static")} | environment | files
    )


@pytest.mark.parametrize("command", [["collectstatic", "--noinput"], ["check", "--deploy"]])
def test_settings_of_the_stack_start(tmp_path, command):
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=settings_of_loc1(tmp_path),
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not installed")
def test_docker_compose_accepts_the_file():
    done = subprocess.run(
        ["docker-compose", "config", "--quiet"], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
