"""What is missing on a machine is named with the command that installs it there."""

import pytest

from deploy.local import machine
from deploy.local.machine import CHROMIUM, JDK, MAVEN, NEEDS, POSTGRES
from deploy.local.postgres import major_version


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_402"', 8),
        ("javac 21.0.2", 21),
        ('openjdk version "25" 2025-09-16', 25),
        ("The operation couldn't be completed. Unable to locate a Java Runtime.", 0),
        ("", 0),
    ],
)
def test_java_version_is_read_from_what_java_says(said: str, version: int):
    assert machine.java_version(said) == version


@pytest.mark.parametrize(
    ("said", "major"),
    [
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15),
        ("postgres (PostgreSQL) 18beta1", 18),
        ("postgres (PostgreSQL) 9.6.24", 9),
        ("no such thing", 0),
    ],
)
def test_postgres_major_version_is_read_from_what_postgres_says(said: str, major: int):
    assert major_version(said) == major


def test_advice_names_the_exact_command_for_an_ordinary_user():
    advice = machine.advice([MAVEN], manager="apt-get", is_root=False)

    assert "Missing on this machine: Maven (it downloads Kafka and Elasticsearch)." in advice
    assert "sudo apt-get update && sudo apt-get install -y --no-install-recommends maven" in advice


def test_advice_for_root_and_for_homebrew_has_no_sudo():
    assert "sudo" not in machine.advice([POSTGRES], manager="dnf", is_root=True)
    assert "    brew install postgresql@17\n" in machine.advice(
        [POSTGRES], manager="brew", is_root=False
    )


def test_advice_without_a_known_package_manager_still_says_what_to_install():
    advice = machine.advice([POSTGRES, CHROMIUM], manager=None, is_root=False)

    assert "PostgreSQL's server, 15 or newer, with contrib; Chromium" in advice
    assert advice.endswith("Install that and start again.")


def test_every_need_of_the_tests_has_a_package_for_every_manager():
    managers = {"apt-get", "dnf", "pacman", "apk", "zypper", "brew"}

    assert all(managers == set(need.packages) for need in (POSTGRES, JDK, MAVEN, CHROMIUM))
    assert all(need in NEEDS["test"] for need in NEEDS["demo"])


def test_needs_that_are_met_are_not_missing():
    met = machine.Need("this", lambda: True, {})
    unmet = machine.Need("that", lambda: False, {})

    assert machine.unmet([met, unmet]) == [unmet]
