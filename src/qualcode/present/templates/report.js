"use strict";
for (const hint of document.querySelectorAll(".script")) hint.hidden = false;
// Headings of sortable tables become buttons: click or key, numbers first from high to low, what is missing last.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, place) => {
    const label = head.querySelector(".label");
    const button = document.createElement("button");
    button.type = "button";
    button.append(...label.childNodes);
    label.replaceWith(button);
    button.addEventListener("click", () => {
      const isNumber = head.classList.contains("num");
      const up = head.ariaSort === "none" ? !isNumber : head.ariaSort === "descending";
      heads.forEach((other) => { other.ariaSort = "none"; });
      head.ariaSort = up ? "ascending" : "descending";
      const key = (row) => {
        const cell = row.cells[place];
        if (!isNumber) return cell.textContent.trim();
        const number = parseFloat(cell.dataset.v ?? cell.textContent);
        return Number.isNaN(number) ? null : number;
      };
      const rows = [...table.tBodies[0].rows].map((row) => [key(row), row]);
      rows.sort(([a], [b]) => {
        if (a === null || b === null) return (a === null) - (b === null);
        return (up ? 1 : -1) * (isNumber ? a - b : a.localeCompare(b, "en"));
      });
      table.tBodies[0].append(...rows.map(([, row]) => row));
    });
  });
}
// The contents mark what is being read.
const links = new Map([...document.querySelectorAll("#contents a")].map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    document.querySelector("#contents [aria-current]")?.removeAttribute("aria-current");
    const link = links.get(target.id);
    link.setAttribute("aria-current", "true");
    const nav = document.getElementById("contents");
    if (nav.scrollHeight > nav.clientHeight) nav.scrollTop = link.offsetTop - nav.clientHeight / 2;
  }
}, { rootMargin: "-10% 0px -80% 0px" });
for (const id of links.keys()) seen.observe(document.getElementById(id));
