/* Disagreements: settle a sentence, settle it otherwise, take it back; review.js sends and says what was done.

   An *item* is an li.disagreement with data-place; its data-state is "open" or "settled". A settled one that is to be
   settled otherwise has data-again. */
"use strict";
{
  const { send, say } = window.review;
  const itemAt = (place) => document.querySelector(`.disagreement[data-place="${CSS.escape(place)}"]`);
  const boxes = (item) => [...item.querySelectorAll("[name=codes]")];
  const nameOf = (box) => box.closest("label").querySelector(".name").textContent;
  /** What was settled since the page was loaded: each item with its state and words before. */
  const past = [];

  function show(item, state, words) {
    if (item.dataset.state !== state) {
      bump("open", state === "open" ? 1 : -1);
      bump("settled", state === "open" ? -1 : 1);
    }
    item.dataset.state = state;
    item.removeAttribute("data-again");
    item.querySelector("[data-codes]").textContent = words;
    for (const it of document.querySelectorAll("[data-undoable]")) it.removeAttribute("data-undoable");
    past.at(-1)?.item.setAttribute("data-undoable", "");
  }

  function bump(id, by) {
    const shown = document.getElementById(id);
    shown.dataset.count = Number(shown.dataset.count) + by;
    shown.textContent = shown.dataset.count;
  }

  function settle(item) {
    const given = boxes(item).filter((box) => box.checked);
    const place = item.dataset.place;
    const cut = place.lastIndexOf(":");
    const body = { document_id: place.slice(0, cut), position: Number(place.slice(cut + 1)), codes: given.map((box) => box.value) };
    send("/adjudicate", body, [], (answer) => {
      if (answer.action) past.push({ item, state: item.dataset.state, words: item.querySelector("[data-codes]").textContent });
      show(item, "settled", given.map(nameOf).join(", ") || "no code");
      item.querySelector(".settled").focus();
    });
  }

  /** Take back the person's newest action, which may be one of another page. */
  function undo() {
    send("/undo", {}, [], (answer) => {
      const items = Object.keys(answer.sentences).map(itemAt).filter(Boolean);
      if (items.length && items[0] !== past.at(-1)?.item) return location.reload();
      if (items.length) {
        const { item, state, words } = past.pop();
        show(item, state, words);
        item.querySelector("h3 a").focus();
      }
    });
  }

  /** The code that was typed: its number, its name, or the one name it is a part of. */
  function typedCode(input) {
    const typed = input.value.trim().toLowerCase();
    const options = [...input.list.options];
    const exact = options.filter((it) => [it.value, it.dataset.number, it.dataset.name].some((name) => name.toLowerCase() === typed));
    const near = exact.length || !typed ? exact : options.filter((it) => it.value.toLowerCase().includes(typed));
    return near.length === 1 ? near[0].dataset : null;
  }

  function add(item) {
    const input = item.querySelector("[list]");
    const code = typedCode(input);
    if (!code) return say(`No single code is called “${input.value.trim()}”.`);
    let box = boxes(item).find((it) => it.value === code.code);
    if (!box) {
      const row = document.getElementById("another-code").content.cloneNode(true);
      box = row.querySelector("input");
      box.value = code.code;
      row.querySelector(".no").textContent = code.number;
      row.querySelector(".name").textContent = code.name;
      row.querySelector("small").textContent = code.definition;
      row.querySelector("th").after(...[...item.querySelectorAll("thead th")].slice(1).map(() => {
        const cell = document.createElement("td");
        cell.textContent = "–";
        return cell;
      }));
      item.querySelector("tbody").append(row);
    }
    box.checked = true;
    input.value = "";
    say(`${code.name} is ticked.`);
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".settle")) return;
    event.preventDefault();
    settle(event.target.closest(".disagreement"));
  });
  document.addEventListener("click", (event) => {
    const item = event.target.closest(".disagreement");
    const data = event.target.closest("button")?.dataset;
    if (!item || !data) return;
    if ("undo" in data) undo();
    if ("add" in data) add(item);
    if ("otherwise" in data) {
      item.setAttribute("data-again", "");
      boxes(item)[0]?.focus();
    }
    if ("take" in data) for (const box of boxes(item)) box.checked = data.take.split(" ").includes(box.value);
  });
  // before review.js, which takes back as well, but knows nothing of items
  document.addEventListener("keydown", (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
    const isKey = isPlain && (event.key === "z" || event.code === "KeyZ") && document.getElementById("keys-on").checked;
    if (!isKey || event.target.matches("textarea, select, [list]") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    undo();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".disagreement [list]")) return;
    event.preventDefault(); // Enter would settle
    add(event.target.closest(".disagreement"));
  });
}
