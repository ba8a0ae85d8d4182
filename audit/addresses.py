"""What the audit keeps of the address that an act came from; never the address itself."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "sins.audit.address"
# Enough to see where an act came from, too little to point at one person's machine.
IPV4_PREFIX = 24
IPV6_PREFIX = 48
# Hexadecimal digits of a keyed hash: 64 bits tell all addresses apart that one location ever sees.
HASH_DIGITS = 16


def kept_address(address: str) -> str:
    """As AUDIT_ADDRESS says: the network, a keyed hash of the address, or nothing."""
    if settings.AUDIT_ADDRESS == "network":
        return network_of(address)
    if settings.AUDIT_ADDRESS == "hash" and (ip := _ip_of(address)):
        digest = salted_hmac(SALT, str(ip), algorithm="sha256").hexdigest()
        return f"hash:{digest[:HASH_DIGITS]}"
    return ""


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """The network of an address, e.g. "192.0.2.0/24"; "" for anything that is no address."""
    ip = _ip_of(address)
    if ip is None:
        return ""
    prefix = IPV4_PREFIX if ip.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network(f"{ip}/{prefix}", strict=False))


def _ip_of(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip
