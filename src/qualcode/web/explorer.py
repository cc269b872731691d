"""Datasette behind our own door: it reads the store, keeps to itself what is asked, and nobody else gets in.

In: an `Exploration` of `flow`. Out: an ASGI application. Only `exploring` loads this; Datasette is an extra.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette import Response, hookimpl
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import DEFAULT_PLUGINS, pm
from markupsafe import Markup

from ..errors import QualcodeError
from .exploring import DATABASE, SETTINGS, explorer_metadata
from .security import Guard

if TYPE_CHECKING:
    from ..flow import Exploration

_CONTENT_POLICY = (
    # Datasette's pages have scripts and styles in them; what they reach stays this page.
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_explorer(exploration: Exploration, *, port: int) -> Guard:
    """Datasette on a store.

    Parameters
    ----------
    exploration : Exploration
    port : int
        Of 127.0.0.1, where it is served.

    Returns
    -------
    Guard
        An ASGI application that answers GET and HEAD; `Guard.launch_address` opens it.
    """
    _leave_only_ours()
    datasette = Datasette(metadata=explorer_metadata(exploration), settings=SETTINGS)
    datasette.remove_database("_memory")
    datasette.add_database(_Store(datasette, exploration), name=DATABASE)
    return Guard(
        datasette.app(),
        port=port,
        start=f"/{DATABASE}",
        command="qualcode explore",
        content_policy=_CONTENT_POLICY,
        takes_posts=False,
    )


class _Store(Database):  # type: ignore[misc]  # Datasette has no types
    """The store, opened the careful way: Datasette's own would make a file where a path has a question mark in it."""

    def __init__(self, datasette: Datasette, exploration: Exploration) -> None:
        super().__init__(datasette, path=str(exploration.path), is_mutable=True)
        self.exploration = exploration

    def connect(self, write: bool = False) -> Any:
        if write:
            raise PermissionError("the store is only read here")
        return self.exploration.connect()

    async def attached_databases(self) -> list[Any]:
        # The temporary schema, in which the connection has a view of its own, is nobody's to see.
        return []

    async def execute(self, *asked: Any, **more: Any) -> Any:
        # Else a query with a fault is written to the terminal, with its words.
        return await super().execute(*asked, **{**more, "log_sql_errors": False})


class _Ours:
    """What we add to Datasette; its hooks are called for every Datasette of the process."""

    __name__ = "qualcode"

    @hookimpl  # type: ignore[untyped-decorator]
    def canned_queries(self, datasette: Datasette, database: str) -> Any:
        """The queries, for the regions there are now."""
        store = datasette.databases.get(database)

        async def queries() -> dict[str, dict[str, Any]]:
            if not isinstance(store, _Store):
                return {}
            regions = [row[0] for row in await store.execute(store.exploration.regions_sql)]
            return {
                name: {"title": query.title, "description": query.description, "sql": query.sql, "hide_sql": True}
                for name, query in store.exploration.queries(regions).items()
            }

        return queries

    @hookimpl  # type: ignore[untyped-decorator]
    def handle_exception(self, datasette: Datasette, request: Any, exception: Exception) -> Any:
        """Say what is wrong on the page, and nowhere else."""

        async def answer() -> Any:
            status = 409 if isinstance(exception, QualcodeError) else getattr(exception, "status", None)
            if status is None:
                raise exception  # the guard says where it was, and not what was asked
            said = getattr(exception, "message", None) or str(exception)
            told = {"ok": False, "error": said, "status": status, "title": getattr(exception, "title", None)}
            if request.path.endswith(".json"):
                return Response.json(told, status=status)
            if getattr(exception, "message_is_html", False):  # Datasette's own markup
                told["error"] = Markup(said)  # nosec B704
            page = await datasette.render_template([f"{status}.html", "error.html"], told, request=request)
            return Response.html(page, status=status)

        return answer


_OURS = _Ours()


# One prints all that Datasette knew at a fault to the terminal, whatever others answer; the others send data away.
_UNWANTED = ("datasette.handle_exception", "datasette.publish.cloudrun", "datasette.publish.heroku")


def _leave_only_ours() -> None:
    """Without plugins of others, which may write files or reach for the network."""
    kept = set(DEFAULT_PLUGINS) - set(_UNWANTED)
    for plugin in pm.get_plugins():
        if plugin is not _OURS and plugin.__name__ not in kept:
            pm.unregister(plugin)
    if not pm.is_registered(_OURS):
        pm.register(_OURS)
