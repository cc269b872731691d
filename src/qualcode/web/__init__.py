"""The review page: a desk of `flow` in, pages for a browser on this machine out; read `security` first."""

from .holding import hold_store
from .pages import url
from .serving import serve

__all__ = ["hold_store", "serve", "url"]
