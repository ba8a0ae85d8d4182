"""The product's settings, with the usual form of a list served beside the product's own."""

from sins.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.usual"
