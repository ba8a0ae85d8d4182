"""Bodies that no endpoint takes, and what being refused looks like on both JSON faces."""

BODIES = [
    b"{",
    b"}",
    b"nonsense",
    b"'single'",
    b'{"surname": }',
    b"[]",
    b'"text"',
    b"5",
    b"null",
    b"NaN",
    b'{"surname": NaN}',
    b'{"surname": "x", "surname": "y"}',
    b'{"surname": "a\\u0000b"}',
    b'{"a\\u0000": 1}',
    b'{"surname": "\\ud800"}',
    b'{"surname": "\\udc00\\ud800"}',
    b'{"surname": "\xff\xfe"}',
    b"\xff\xfe\x00",
    b"\x00",
    b'\xef\xbb\xbf{"surname": "x"}',
    b"[" * 100_000,
    b'{"surname":' * 10_000,
    b'{"surname": ' + b"[" * 500 + b"]" * 500 + b"}",
    b'{"surname": 1' + b"0" * 10_000 + b"}",
    b'{"surname": 1e99999999999999999999}',
    b'{"extra_fields": {"notes": 1e400}, "surname": 1}',
    b'{"unknown_key": 1}',
    b'{"reason": 5}',
    b'{"surname": {"$gt": ""}}',
    b'{"surname": [["x"]], "dob": {}}',
    b'{"surname": false, "name": 0, "dob": 1, "document_number": -1}',
    b'{"dob": "0000-00-00", "surname": "x"}',
    b'{"dob": "9999-99-99", "surname": "x"}',
    b'{"surname": "x", "extra_fields": {"": 1}}',
    b'{"surname": "x", "extra_fields": {"email": ["x"]}}',
    b'{"surname": "x", "extra_fields": "all"}',
    b"x" * (1024 * 1024 + 1),
    b'{"surname": "' + b"x" * 10 * 1024 * 1024 + b'"}',
]


def is_refused(answer):
    """A 4xx with JSON that says why."""
    said = answer.json()
    assert 400 <= answer.status_code < 500, answer.content[:200]
    assert answer["Content-Type"] == "application/json"
    sentences = (
        [said["detail"]] if "detail" in said else [text for all_ in said.values() for text in all_]
    )
    assert sentences
    assert all(isinstance(text, str) and text for text in sentences)
    return True
