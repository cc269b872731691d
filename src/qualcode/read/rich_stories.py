"""The stories of an RTF file: its body, a note, a text box; each paragraphs and tables as their marks come by."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model import BlockStyle
from .runs import Piece, Runs


@dataclass
class Story:
    """Paragraphs and tables of the body, a note or a text box, as they come.

    Attributes
    ----------
    kind : str
        Control word that began it.
    runs : Runs
        The paragraph that is being read.
    pieces : list of Piece
        What is read.
    style : {"paragraph", "bullet", "heading"}
        Of the paragraph that is being read.
    in_table : bool
        Whether it stands in a cell.
    grid, row, cell : list
        The table, row and cell that are being read.
    boxes : list of Story
        Text boxes that hang on the paragraph or table that is being read.
    """

    kind: str
    runs: Runs = field(default_factory=Runs)
    pieces: list[Piece] = field(default_factory=list)
    style: BlockStyle = "paragraph"
    in_table: bool = False
    grid: list[list[str]] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    boxes: list[Story] = field(default_factory=list)

    def end_paragraph(self) -> None:
        """Take the paragraph into its cell, or as a piece followed by its text boxes."""
        if self.in_table:
            self.cell.append(self.runs.text)
        else:
            self._end_table()
            self._take((self.runs, self.style))
        self.runs = Runs()

    def end_cell(self) -> None:
        """Take the cell into its row."""
        lines = "\n".join((*self.cell, self.runs.text)).split("\n")
        self.row.append("\n".join(line.strip() for line in lines if line.strip()))
        self.runs, self.cell = Runs(), []

    def end_row(self) -> None:
        """Take the row into its table."""
        self.grid.append(self.row)
        self.row = []

    def end(self) -> None:
        """Take what has no end of its own."""
        if self.runs.text.strip():
            self.end_paragraph()
        self._end_table()
        self._take()

    def _end_table(self) -> None:
        if self.cell:
            self.end_cell()
        if self.row:
            self.end_row()
        if self.grid:
            self._take((self.grid, "row"))
            self.grid = []

    def _take(self, *pieces: Piece) -> None:
        boxes, self.boxes = self.boxes, []
        self.pieces += [*pieces, *(piece for box in boxes for piece in box.pieces)]

    @property
    def text(self) -> str:
        """All words: paragraphs and rows by LF, cells by a blank."""
        return "\n".join(
            piece.text if isinstance(piece, Runs) else "\n".join(" ".join(row) for row in piece)
            for piece, _ in self.pieces
        )
