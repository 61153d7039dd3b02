"""Libraries that few requests need: loaded when something of theirs is first used.

Every process of a harbour would hold them otherwise; the one for spreadsheets alone takes 30 MB.
"""

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType


def later(name: str) -> ModuleType:
    """The module of that name, there at once, and loaded when an attribute of it is asked for.

    Raises: ModuleNotFoundError when there is none.
    """
    known = sys.modules.get(name)
    if known is not None:
        return known
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name=name)
    spec.loader = LazyLoader(spec.loader)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
