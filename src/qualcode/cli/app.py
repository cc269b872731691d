"""All commands. Each parses, calls `flow` once and `present` once; errors are caught in one place.

Heavy imports stand inside the commands: ``qualcode --help`` must not load what it does not use.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ..errors import QualcodeError, QualcodeWarning, SelectionError
from ..version import __version__
from . import options as opt
from .guarding import guard
from .writing import keep_manifest, write

PANEL_WORK, PANEL_LOOK, PANEL_REPORT, PANEL_SETUP = "Code notes", "Look at the results", "Hand in", "Set up"


class _Group(TyperGroup):
    """Turns every `QualcodeError` into a message and an exit code, here and nowhere else."""

    def invoke(self, ctx: Any) -> Any:
        with warnings.catch_warnings():
            warnings.filterwarnings("always", category=QualcodeWarning)
            warnings.showwarning = _show_warning
            try:
                return super().invoke(ctx)
            except QualcodeError as error:
                say(f"Error: {error}")
                raise typer.Exit(error.exit_code) from error
            except KeyboardInterrupt as error:
                say("Stopped. Nothing of this run was stored.")
                raise typer.Exit(130) from error


def _show_warning(message: Warning | str, category: type[Warning], *_place: Any, **_more: Any) -> None:
    if issubclass(category, QualcodeWarning):
        say(f"Note: {message}")


def say(text: str) -> None:
    """A message for people, to standard error; standard output carries data only."""
    typer.echo(text, err=True)


app = typer.Typer(
    cls=_Group,
    name="qualcode",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Code interview and workshop notes against a codebook, check the codings, count them by region. "
    "Everything stays on this machine.",
    epilog="Start with: qualcode demo",
)
codebook_app = typer.Typer(cls=_Group, no_args_is_help=True, help="Check, show and compare codebooks.")
app.add_typer(codebook_app, name="codebook", rich_help_panel=PANEL_SETUP)
verdicts_app = typer.Typer(cls=_Group, no_args_is_help=True, help="Send what people decided to others, and take it in.")
app.add_typer(verdicts_app, name="verdicts", rich_help_panel=PANEL_WORK)


def main() -> None:
    """Entry point of the ``qualcode`` program."""
    # Windows consoles default to a code page that cannot print every language.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"qualcode {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


# --- code notes --------------------------------------------------------------------------------


@app.command(rich_help_panel=PANEL_WORK)
def tag(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders or globs of notes.", metavar="PATH...")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what is understood; store nothing.")] = False,
    metadata: Annotated[
        Path | None, typer.Option(help="Attributes by file; default: documents.csv beside the files.", metavar="FILE")
    ] = None,
    speakers: Annotated[
        list[str] | None,
        typer.Option(help='Role of a speaker label, as "MK=interviewer". Repeatable.', metavar="LABEL=ROLE"),
    ] = None,
    region: Annotated[str | None, typer.Option(help="Region of every file.", metavar="NAME")] = None,
    country: Annotated[str | None, typer.Option(help="Country of every file.", metavar="NAME")] = None,
    stakeholder: Annotated[str | None, typer.Option(help="Stakeholder group of every file.", metavar="GROUP")] = None,
    kind: Annotated[str | None, typer.Option(help="interview, workshop, report or survey.", metavar="KIND")] = None,
    date: Annotated[str | None, typer.Option(help="Date of every file.", metavar="DATE")] = None,
    language: Annotated[str | None, typer.Option(help="Language of every file.", metavar="CODE")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of every text file.", metavar="NAME")] = None,
    columns: Annotated[
        str | None,
        typer.Option(help='Columns of every table, as "text=Answer,speaker=Who".', metavar="NAME=HEADER,..."),
    ] = None,
    allow_missing: Annotated[bool, typer.Option("--allow-missing", help="Store files without a region.")] = False,
    retag: Annotated[bool, typer.Option("--retag", help="Tag again what has not changed.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Say what changes in codings and tables; with --dry-run without storing it.")
    ] = False,
    names_too: Annotated[
        bool, typer.Option("--allow-names", help="Read files into a pseudonymised store all the same.")
    ] = False,
    tagger: opt.TaggerName = None,
    model: opt.ModelName = None,
    codebook: opt.CodebookPath = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    store: opt.Store = None,
) -> None:
    """Read notes, suggest codings, and keep both in the store.

    Unchanged files are skipped; a changed file becomes a new version, and its old codings stay readable. What people
    decided always stands.
    """
    from .. import flow, present

    if not diff and (format_ or out):
        raise SelectionError("--format and --out are for what changes. Add --diff, or leave them out.")
    output = present.choose_format(format_, out)
    work = flow.open_workspace(store=store, codebook=codebook, model=model)
    if not (dry_run or names_too):
        flow.refuse_names_again(work)
    chosen = flow.read_options(
        metadata=metadata,
        speakers=speakers or [],
        encoding=encoding,
        columns=columns,
        allow_missing=allow_missing,
        attributes={
            "region": region,
            "country": country,
            "stakeholder_group": stakeholder,
            "kind": kind,
            "date": date,
            "language": language,
        },
    )
    if diff:
        with _progress() as progress:
            found = flow.tag_with_diff(
                paths, work, options=chosen, tagger_name=tagger, retag=retag, is_trial=dry_run, progress=progress
            )
        if not dry_run:
            say(present.tag_text(found.tagged))
        present.write_output(present.retag_text(found, output), out)
        problems = found.tagged.problems
    elif dry_run:
        typer.echo(present.preview_text(preview := flow.preview_documents(paths, work, chosen)))
        problems = preview.problems
    else:
        with _progress() as progress:
            report = flow.tag_documents(paths, work, options=chosen, tagger_name=tagger, retag=retag, progress=progress)
        typer.echo(present.tag_text(report))
        problems = report.problems
    if problems:
        say(present.problems_text(problems))
        raise typer.Exit(1)


@app.command("try", rich_help_panel=PANEL_WORK)
def try_(
    text: Annotated[str | None, typer.Argument(help="The text to score.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="Texts of a .jsonl, .csv (column text) or .txt (one a line) file.", metavar="FILE"),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(help="Read as an interview, workshop, report or survey; default: both ways.", metavar="KIND"),
    ] = None,
    tagger: opt.TaggerName = None,
    model: opt.ModelName = None,
    codebook: opt.CodebookPath = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
) -> None:
    """Score a text without storing it: every code with its probability and evidence."""
    from .. import flow, present

    work = flow.open_workspace(codebook=codebook, model=model)
    trials = flow.try_texts(flow.texts_to_try(text, file), work, tagger_name=tagger, kind=kind)
    chosen = present.choose_format(format_, out)
    present.write_output(present.try_text(trials, work.codebook, chosen), out)


@app.command(rich_help_panel=PANEL_WORK)
def explain(
    segment: Annotated[
        str,
        typer.Argument(help="Which sentence: document and position as `codings` gives them.", metavar="DOC:SEGMENT"),
    ],
    tagger: opt.TaggerName = None,
    model: opt.ModelName = None,
    codebook: opt.CodebookPath = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    store: opt.Store = None,
) -> None:
    """Why a sentence of the store was coded, or was not: words, examples, neighbours, question, thresholds."""
    from .. import flow, present

    work = flow.open_workspace(store=store, codebook=codebook, model=model)
    explanation = flow.explain_segment(work, segment, tagger_name=tagger)
    chosen = present.choose_format(format_, out)
    present.write_output(present.explanation_text(explanation, chosen), out)


@app.command(rich_help_panel=PANEL_WORK)
def train(
    add: Annotated[
        list[Path] | None,
        typer.Option(help="File like examples.jsonl with your team's own sentences. Repeatable.", metavar="FILE"),
    ] = None,
    measure: Annotated[
        bool,
        typer.Option("--measure", help="Also with own sentences: measure and set thresholds again; takes minutes."),
    ] = False,
    curve: Annotated[bool, typer.Option("--curve", help="Say what more examples would bring; twice as long.")] = False,
    from_verdicts: Annotated[
        bool, typer.Option("--from-verdicts", help="Learn what people decided in the store, if that is a gain.")
    ] = False,
    folds: Annotated[
        int | None,
        typer.Option(min=2, help="With --from-verdicts: parts the documents are dealt into; default: 3.", metavar="N"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="With --from-verdicts: keep a model that is worse.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the model; default: models.", metavar="FOLDER")] = None,
    codebook: opt.CodebookPath = None,
    model: opt.ModelName = None,
    format_: opt.OutputFormat = None,
    store: opt.Store = None,
) -> None:
    """Train the model of a codebook from its examples, from your own, and from what you decided; nothing is tagged.

    Decisions are added to the examples. What they gain is told on documents that were not learned from; a model that
    codes worse than the one before is not kept.
    """
    from .. import flow, present

    work = flow.open_workspace(store=store, codebook=codebook, model=model)
    given: dict[str, Any] = {"add": add or [], "folder": out, "measure": measure}
    if from_verdicts:
        if curve:
            raise SelectionError(
                "--curve is about the codebook's examples. Leave it out, or leave out --from-verdicts."
            )
        report = flow.learn_from_verdicts(work, **given, folds=folds or 3, force=force, progress=_say_step)
    else:
        if force or folds:
            raise SelectionError("--force and --folds are about learning from decisions. Add --from-verdicts.")
        report = flow.train_codebook(work, **given, curve=curve, progress=_say_step)
    present.write_output(present.training_text(report, present.choose_format(format_, None)), None)


@app.command(rich_help_panel=PANEL_LOOK)
def evaluate(
    ctx: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Notes to read; default: the documents of the store.", metavar="[PATH...]"),
    ] = None,
    gold: Annotated[
        Path | None,
        typer.Option(help="Gold codings: .jsonl, .csv or .xlsx with document, quote, codes, kind.", metavar="FILE"),
    ] = None,
    gold_coder: Annotated[
        str | None, typer.Option(help="Instead of --gold: a coder of the store.", metavar="NAME")
    ] = None,
    coder: Annotated[
        str | None, typer.Option(help="Judge a coder of the store; default: the tagger, now.", metavar="NAME")
    ] = None,
    tagger: opt.TaggerName = None,
    model: opt.ModelName = None,
    figure: Annotated[
        Path | None, typer.Option(help="Draw calibration, curves and codes into a .svg or .png.", metavar="FILE")
    ] = None,
    codebook: opt.CodebookPath = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    store: opt.Store = None,
) -> None:
    """How good codings are, against gold: precision, recall, ranking, calibration, effort, traps. Stores nothing."""
    from .. import flow, present

    work = flow.open_workspace(store=store, codebook=codebook, model=model)
    found = flow.evaluate(work, paths or [], gold=gold, gold_coder=gold_coder, coder=coder, tagger_name=tagger)
    chosen = present.choose_format(format_, out)
    present.write_output(present.evaluation_text(found, chosen), out)
    if figure is not None:
        present.evaluation_figure(found, figure)
        say(f"Wrote {figure}.")
    if written := [path for path in (out, figure) if path is not None]:
        keep_manifest(ctx, work, written, beside=written[0])


# --- look at the results -----------------------------------------------------------------------


@app.command(rich_help_panel=PANEL_LOOK)
def summarize(
    ctx: typer.Context,
    region: opt.Region = None,
    by: Annotated[
        str | None,
        typer.Option(help="region, country, stakeholder_group, kind, language or document.", metavar="ATTRIBUTE"),
    ] = None,
    level: Annotated[str, typer.Option(help="code or category.", metavar="LEVEL")] = "code",
    country: opt.Country = None,
    stakeholder: opt.Stakeholder = None,
    kind: opt.Kind = None,
    code: opt.Code = None,
    category: opt.Category = None,
    coder: opt.Coder = None,
    since: opt.Since = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    store: opt.Store = None,
) -> None:
    """Frequency (how many raise a code) and emphasis (how much they dwell on it) by group.

    Without --region: code x region. With --region: that region's ranking against all others.
    """
    from .. import flow, present

    work = flow.open_workspace(store=store)
    filters = flow.make_filter(
        region=region, country=country, stakeholder_group=stakeholder, kind=kind, code=code, category=category,
        coder=coder, since=since,
    )  # fmt: skip
    summary = flow.summarize(work, filters, by=by, level=level)
    chosen = present.choose_format(format_, out)
    write(ctx, work, _summary_text(summary, chosen), out)


@app.command(rich_help_panel=PANEL_LOOK)
def codings(
    ctx: typer.Context,
    region: opt.Region = None,
    country: opt.Country = None,
    stakeholder: opt.Stakeholder = None,
    kind: opt.Kind = None,
    code: opt.Code = None,
    category: opt.Category = None,
    coder: opt.Coder = None,
    since: opt.Since = None,
    status: opt.Status = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    allow_names: opt.AllowNames = False,
    store: opt.Store = None,
) -> None:
    """One row a coding: where, who, which words, which code, how probable, and why."""
    from .. import flow, present

    work = flow.open_workspace(store=store)
    guard(work, out, allow=allow_names)
    filters = flow.make_filter(
        region=region, country=country, stakeholder_group=stakeholder, kind=kind, code=code, category=category,
        coder=coder, since=since, status=status,
    )  # fmt: skip
    rows = flow.list_codings(work, filters)
    chosen = present.choose_format(format_, out)
    write(ctx, work, present.render([present.codings_table(rows)], chosen), out)


@app.command(rich_help_panel=PANEL_LOOK)
def quotes(
    ctx: typer.Context,
    code: opt.Code = None,
    region: opt.Region = None,
    country: opt.Country = None,
    stakeholder: opt.Stakeholder = None,
    kind: opt.Kind = None,
    category: opt.Category = None,
    since: opt.Since = None,
    per_code: Annotated[int, typer.Option("--limit", min=1, help="Passages a code.", metavar="N")] = 3,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    allow_names: opt.AllowNames = False,
    store: opt.Store = None,
) -> None:
    """The most typical passages of a code in their context, one a document first."""
    from .. import flow, present

    work = flow.open_workspace(store=store)
    guard(work, out, allow=allow_names)
    filters = flow.make_filter(
        region=region,
        country=country,
        stakeholder_group=stakeholder,
        kind=kind,
        code=code,
        category=category,
        since=since,
    )
    found = flow.list_quotes(work, filters, per_code=per_code)
    chosen = present.choose_format(format_, out)
    write(ctx, work, present.quotes_text(found, chosen), out)


@app.command(rich_help_panel=PANEL_LOOK)
def status(format_: opt.OutputFormat = None, out: opt.Out = None, store: opt.Store = None) -> None:
    """Documents and words collected, by region, kind and stakeholder group, against the plan."""
    from .. import flow, present

    chosen = present.choose_format(format_, out)
    report = flow.study_status(flow.open_workspace(store=store))
    present.write_output(present.status_text(report, chosen), out)


# --- set up ------------------------------------------------------------------------------------


@app.command(rich_help_panel=PANEL_SETUP)
def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the study.", metavar="FOLDER")] = Path(),
    title: Annotated[str | None, typer.Option(help="Title of the study.")] = None,
) -> None:
    """Make qualcode.toml with every setting explained, and documents.csv with a row a file."""
    from .. import flow, present

    typer.echo(present.init_text(flow.init_study(folder, title=title)))


@app.command(rich_help_panel=PANEL_SETUP)
def demo(
    folder: Annotated[Path, typer.Argument(help="New folder for the demo study.", metavar="FOLDER")] = Path(
        "qualcode-demo"
    ),
) -> None:
    """Copy the sample notes of ten regions into a folder, tag them, and show both tables."""
    from .. import flow, present

    with _progress() as progress:
        report = flow.run_demo(folder, progress=progress)
    typer.echo(present.tag_text(report.tagged))
    present.write_output(_summary_text(report.summary, "table"), None)
    say(f"\nThe demo study is in {folder}. Look around: cd {folder} && qualcode status")


@codebook_app.command("check")
def codebook_check(
    path: Annotated[Path | None, typer.Argument(help="codebook.yaml or its folder; default: the study's.")] = None,
    tagger: Annotated[str, typer.Option(help="Tagger that must pass the examples.", metavar="NAME")] = "rules.v1",
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
) -> None:
    """Validate a codebook and run its examples as tests: typical ones must be caught, counter-examples not."""
    from .. import flow, present

    work = flow.open_workspace(codebook=path)
    report = flow.check_codebook(work, tagger_name=tagger)
    chosen = present.choose_format(format_, out)
    present.write_output(present.check_text(report, chosen), out)
    if report.failures:
        raise typer.Exit(1)


@codebook_app.command("show")
def codebook_show(
    path: Annotated[Path | None, typer.Argument(help="codebook.yaml or its folder; default: the study's.")] = None,
    code: opt.Code = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
) -> None:
    """Print a codebook, or one code with everything a coder needs."""
    from .. import flow, present

    work = flow.open_workspace(codebook=path)
    chosen = present.choose_format(format_, out)
    present.write_output(present.codebook_text(work.codebook, chosen, code=flow.find_code(work.codebook, code)), out)


@codebook_app.command("diff")
def codebook_diff(
    before: Annotated[Path, typer.Argument(help="The older codebook.")],
    after: Annotated[Path, typer.Argument(help="The newer codebook.")],
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
) -> None:
    """Say what changed between two codebooks, whether meaning changed, and the version that calls for."""
    from .. import flow, present

    report = flow.compare_codebooks(before, after)
    chosen = present.choose_format(format_, out)
    present.write_output(present.diff_text(report, chosen), out)
    if report.too_low:
        raise typer.Exit(1)


@codebook_app.command("schema")
def codebook_schema() -> None:
    """Print the JSON Schema of codebook.yaml, for editors that check while one types."""
    from .. import flow, present

    typer.echo(present.json_text(flow.codebook_schema()))


# --- progress ----------------------------------------------------------------------------------


def _say_step(step: str) -> None:
    say(f"{step} …")


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar on standard error while it is a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _name, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("Tagging"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda name, done, total: bar.update(task, description=name, completed=done, total=total)


def _summary_text(summary: Any, output: Any) -> str | bytes:
    from .. import present

    return present.render_summary(summary.frame, by=summary.by, group=summary.group, notes=summary.notes, output=output)
