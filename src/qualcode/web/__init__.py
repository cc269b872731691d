"""The review page: a desk of `flow` in, pages for a browser on this machine out; read `security` first.

Beside it, Datasette on the store: `explore`.
"""

from .exploring import explore
from .holding import hold_store
from .pages import url
from .serving import serve

__all__ = ["explore", "hold_store", "serve", "url"]
