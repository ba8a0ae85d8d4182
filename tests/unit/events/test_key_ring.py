"""The key ring: a file that says little, changes at once, and never shows what it holds."""

import os
import stat

import pytest

from events import key_ring
from events.key_ring import BadKeyRing, Key


def a_ring(count: int = 1) -> key_ring.KeyRing:
    return key_ring.ring_of([key_ring.new_key() for _ in range(count)])


def test_a_ring_survives_its_file(tmp_path):
    path = tmp_path / "ring"
    ring = a_ring(3)

    key_ring.write(path, ring)

    assert key_ring.read(path) == ring
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["ring"]


def test_a_file_that_is_replaced_keeps_its_mode(tmp_path):
    path = tmp_path / "ring"
    key_ring.write(path, a_ring())
    path.chmod(0o640)
    before = path.stat().st_ino

    key_ring.write(path, a_ring())

    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.stat().st_ino != before


def test_comments_and_blank_lines_say_nothing():
    key = key_ring.new_key()

    assert key_ring.parse(f"# one\n\n  {key.secret}  \n#{key.secret}\n").keys == (key,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# nothing\n", "holds no key"),
        ("# x\nhunter2\n", "line 2"),
        (f"{'a' * 39}=\n", "line 1"),
    ],
)
def test_what_is_no_ring_is_refused_by_its_line(text, words):
    with pytest.raises(BadKeyRing, match=words) as refusal:
        key_ring.parse(text)

    assert "hunter2" not in str(refusal.value)


def test_a_key_stands_there_once():
    key = key_ring.new_key()

    with pytest.raises(BadKeyRing, match="twice"):
        key_ring.ring_of([key, key])


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadKeyRing, match=str(tmp_path / "none")):
        key_ring.read(tmp_path / "none")


def test_a_key_is_never_shown():
    ring = a_ring(2)

    assert ring.keys[0].secret not in repr(ring) + str(ring) + repr(ring.keys)
    assert Key(ring.keys[0].secret).key_id == ring.key_ids[0]


def test_a_new_key_opens_before_it_seals():
    old = a_ring()
    both = key_ring.with_added(old)
    new_id = both.key_ids[1]
    turned = key_ring.with_first(both, new_id)

    sealed_before = old.fernet.encrypt(b"x")
    sealed_after = turned.fernet.encrypt(b"y")

    assert both.key_ids == (old.key_ids[0], new_id)
    assert turned.key_ids == (new_id, old.key_ids[0])
    assert both.fernet.decrypt(sealed_after) == b"y"
    assert turned.fernet.decrypt(sealed_before) == b"x"


def test_only_a_key_that_does_not_seal_is_retired():
    ring = a_ring(2)

    assert key_ring.without(ring, ring.key_ids[1]).key_ids == ring.key_ids[:1]
    with pytest.raises(BadKeyRing, match="Let another key encrypt first"):
        key_ring.without(ring, ring.key_ids[0])
    with pytest.raises(BadKeyRing, match="has no key 00000000"):
        key_ring.without(ring, "00000000")
