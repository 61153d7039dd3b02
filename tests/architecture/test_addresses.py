"""Does a name of a page lead to one page?"""

from collections import Counter
from collections.abc import Iterator

from django.urls import URLResolver, get_resolver


def named(resolver: URLResolver) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            if not one.namespace:
                yield from named(one)
        elif one.name:
            yield one.name


def test_no_two_domains_call_their_pages_the_same():
    # One address may be written in two ways within a domain; two domains would send people astray.
    found = Counter(named(get_resolver()))

    assert [name for name, many in found.items() if many > 1] == []
    assert len(found) > 300
