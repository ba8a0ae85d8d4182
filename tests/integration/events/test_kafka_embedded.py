"""The contract of the Kafka door on the broker built into librdkafka."""

from collections.abc import Iterator

import pytest

from events import kafka
from tests.integration.events.kafka_contract import KafkaContract, eventually


@pytest.fixture(scope="module")
def broker() -> Iterator[kafka.EmbeddedBroker]:
    broker = kafka.EmbeddedBroker()
    yield broker
    broker.stop()


class TestEmbeddedBroker(KafkaContract):
    @pytest.fixture
    def bootstrap(self, broker: kafka.EmbeddedBroker) -> str:
        return broker.address


def test_a_cluster_that_is_away_is_said_and_nothing_blocks(settings) -> None:
    settings.KAFKA_BOOTSTRAP = "127.0.0.1:1"
    consumer, producer = kafka.Consumer(), kafka.Producer()

    with pytest.raises(kafka.KafkaAwayError):
        consumer.cluster_id()
    with pytest.raises(kafka.KafkaAwayError):
        kafka.create_topics()
    assert producer.send("t", key=b"k", value=b"v", headers={}, on_done=lambda error: None)

    def is_noticed() -> bool:
        producer.poll(0.1)
        return producer.is_away

    eventually(is_noticed)
    producer.close(timeout_s=0)
    consumer.close()


def test_any_kafka_variable_passes_to_the_client(monkeypatch, tmp_path) -> None:
    (tmp_path / "password").write_text("secret\n")
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD_FILE", str(tmp_path / "password"))

    found = kafka.client_settings()

    assert (found["security.protocol"], found["sasl.password"]) == ("SASL_SSL", "secret")
    assert "topic" not in found


def test_a_setting_the_client_does_not_know_stops_the_start(monkeypatch) -> None:
    monkeypatch.setenv("KAFKA_NO_SUCH_THING", "1")

    with pytest.raises(Exception, match=r"no\.such\.thing.*KAFKA_"):
        kafka.Producer()
