"""Draw the pictures of README.md again: ``python docs/make_images.py FOLDER``.

Makes the reports of a demo study in its folder and takes a page of each. Needs LibreOffice, pdftoppm and Chromium
on the machine, which is why no test does it; run it when the look of a report changes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

IMAGES = Path(__file__).resolve().parent / "images"
REGION = "Västra Götaland"


def main(study: Path) -> None:
    """Write the four pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, options in (
            ("regional.docx", ("--region", REGION)),
            ("cross_regional.docx", ("--cross-regional",)),
            ("html.html", ("--cross-regional",)),
            ("workbook.xlsx", ("--cross-regional",)),
        ):
            report = [sys.executable, "-m", "qualcode", "report", *options, "--out", str(folder / file)]
            subprocess.run(report, check=True, cwd=study)
        picture(page(folder / "regional.docx", 2), "regional")
        picture(page(folder / "cross_regional.docx", 9), "cross_regional")
        picture(sheet(folder / "workbook.xlsx", 5), "workbook")
        picture(screen(folder / "html.html"), "html")


def page(file: Path, number: int, *, dpi: int = 80) -> Path:
    """One page of a document as PNG."""
    convert = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(file.parent), str(file)]
    subprocess.run(convert, check=True, stdout=subprocess.DEVNULL)
    made = file.with_suffix("")
    one = ["-f", str(number), "-l", str(number), "-singlefile"]
    subprocess.run(["pdftoppm", "-r", str(dpi), "-png", *one, str(file.with_suffix(".pdf")), str(made)], check=True)
    return made.with_suffix(".png")


def sheet(file: Path, number: int) -> Path:
    """The upper part of one page of a workbook."""
    made = page(file, number, dpi=260)
    with Image.open(made) as image:
        box = image.convert("L").point(lambda grey: 255 * (grey < 250)).getbbox()
        assert box is not None
        image.crop((box[0], box[1], box[0] + (box[2] - box[0]) * 5 // 9, box[3])).save(made)
    return made


def screen(file: Path) -> Path:
    """The top of a page in a browser."""
    made = file.with_suffix(".png")
    quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    profile = f"--user-data-dir={file.parent / 'browser'}"
    shot = [f"--screenshot={made}", "--window-size=1280,1500", file.as_uri()]
    subprocess.run(["chromium", *quiet, profile, *shot], check=True, stderr=subprocess.DEVNULL)
    return made


def picture(source: Path, name: str) -> None:
    """Keep a picture, small: at most 760 points wide, in 64 colours."""
    with Image.open(source) as image:
        image.thumbnail((760, 1100))
        image.convert("RGB").quantize(64).save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
