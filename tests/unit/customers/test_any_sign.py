"""Every sign of Unicode has a form for comparing, also those that are no letters yet."""

import re

from customers.text_forms import plain
from customers.writing.spelling import sound

SURROGATES = range(0xD800, 0xE000)
LAST = 0x2FFF + 1
MORE = range(0xA640, 0x10000)


def test_every_sign_is_compared_as_letters_and_digits():
    for code in (*range(LAST), *MORE):
        if code in SURROGATES:
            continue
        form = plain(f"{chr(code)} a{chr(code)}b")

        assert re.fullmatch(r"[a-z0-9]*( [a-z0-9]+)*", form), hex(code)
        assert all(sound(word) for word in form.split()), hex(code)
