"""The contract of the Kafka door on a real Apache Kafka."""

from collections.abc import Iterator

import pytest

from deploy.local.kafka import Kafka
from tests.integration.events.kafka_contract import KafkaContract
from tests.services import HOME


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    with Kafka(HOME / "kafka-contract").running() as bootstrap:
        yield bootstrap


class TestApacheKafka(KafkaContract):
    @pytest.fixture
    def bootstrap(self, broker: str) -> str:
        return broker
