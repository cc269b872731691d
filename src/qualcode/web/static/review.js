/* What the review pages do: choose sentences, decide, and send each decision to the store, in order.

   Words: a *sentence* is a span.s with data-place ("<document>:<position>"); its codes are chips in the ul.m after it.
   In the queue, a *card* stands for a code. A *mark* is what the person is at: a chip or a card.

   Nothing here is kept in the page: an answer brings the changed sentences as HTML, which replace the old ones.
   window.review = { send(path, body, places, then), say(text), fail(text) } is for other scripts of the pages. */
"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (tag, text = "", className = "") => Object.assign(document.createElement(tag), { textContent: text, className });

/** What the browser keeps between pages; a browser that keeps nothing is no error. */
const keeping = (kind) => ({
  get: (name) => { try { return window[kind].getItem(name); } catch { return null; } },
  set: (name, value) => { try { window[kind].setItem(name, value); } catch { /* for this page only */ } },
});
const kept = keeping("localStorage");
const session = keeping("sessionStorage");

/* ---- saying ---------------------------------------------------------------------------------------------------- */

let silence = 0;

/** Say what was done, where a screen reader waits for it; gone after a while. */
function say(text) {
  clearTimeout(silence);
  const said = one("#said");
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = text; }); // a new text, so that the same words are said again
  silence = setTimeout(() => { said.textContent = ""; }, 10_000);
}

/** Say what went wrong, at once, with what can be done about it. */
function fail(text, choices = {}) {
  const box = one("#error");
  const buttons = Object.entries({ ...choices, ...(choices["Try again"] ? {} : { Close: () => {} }) });
  box.replaceChildren(make("p", text), ...buttons.map(([label, act]) => {
    const button = make("button", label);
    button.type = "button";
    button.addEventListener("click", () => { box.replaceChildren(); (markHere() || here() || one("#main")).focus(); act(); });
    return button;
  }));
}

/* ---- sending: one request at a time, in order; what fails stays first in line ------------------------------------ */

const unsent = [];
let isSending = false;

/** Put a request in line; `places` are the sentences it changes, `then` runs when it is stored. */
function send(path, body, places = [], then = () => {}) {
  unsent.push({ path, body, places, then });
  showSaving();
  void work();
}

async function work() {
  if (isSending) return;
  isSending = true;
  const slow = setTimeout(() => say("Still saving: another program is writing to the store."), 5_000);
  try {
    while (unsent.length) {
      const job = unsent[0];
      const answer = await post(job.path, job.body);
      unsent.shift();
      settle(answer);
      showSaving();
      job.then(answer);
    }
  } catch (problem) {
    stop(problem);
  } finally {
    clearTimeout(slow);
    isSending = false;
    showSaving();
  }
}

async function post(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Qualcode-Token": one("meta[name=csrf]").content },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("The review program does not answer. Is it still running in the terminal?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || `The review program answered ${response.status}.`);
  return answer;
}

function stop(problem) {
  const others = unsent.length - 1;
  fail(`Not saved. ${problem.message}${others ? ` ${others} more ${others === 1 ? "waits" : "wait"} behind it.` : ""}`, {
    "Try again": () => void work(),
    "Give it up": () => { unsent.shift(); showSaving(); void work(); },
  });
}

function showSaving() {
  const saving = new Set(unsent.flatMap((job) => job.places));
  for (const sentence of all("[data-saving]")) if (!saving.has(sentence.dataset.place)) setSaving(sentence, false);
  for (const place of saving) { const sentence = sentenceAt(place); if (sentence) setSaving(sentence, true); }
  document.body.toggleAttribute("data-saving", unsent.length > 0);
}

function setSaving(sentence, isSaving) {
  sentence.toggleAttribute("data-saving", isSaving);
  if (isSaving) sentence.setAttribute("aria-busy", "true");
  else sentence.removeAttribute("aria-busy");
}

/** Show an answer: the sentences as they are now, and what was done. */
function settle(answer) {
  for (const [place, html] of Object.entries(answer.sentences || {})) replace(place, html);
  if (answer.said) say(answer.said);
}

window.addEventListener("beforeunload", (event) => { if (unsent.length) event.preventDefault(); });

/* ---- sentences, chips, cards ------------------------------------------------------------------------------------- */

const sentenceAt = (place) => one(`.s[data-place="${CSS.escape(place)}"]`);
const codesOf = (sentence) => (sentence?.nextElementSibling?.matches(".m") ? sentence.nextElementSibling : null);
const chipsOf = (sentence) => all(".chip", codesOf(sentence) || make("ul"));
const sentenceOf = (chip) => chip.closest(".m")?.previousElementSibling;
const cards = () => all(".card");

/** Put a sentence as the server sent it in place of the old one; the focus stays where it was. */
function replace(place, html) {
  const old = sentenceAt(place);
  if (!old) return;
  const template = document.createElement("template");
  template.innerHTML = html; // escaped by the server; scripts in it do not run
  const fresh = one(".s", template.content);
  const focused = old.contains(document.activeElement) || codesOf(old)?.contains(document.activeElement);
  const code = document.activeElement?.dataset?.code;
  count(old, fresh);
  if (!old.id) fresh.removeAttribute("id");
  codesOf(old)?.remove();
  if (old.nextSibling?.nodeType === Node.TEXT_NODE) old.nextSibling.remove(); // the blank comes with the new one
  old.replaceWith(template.content);
  if (!one("#why")?.chip?.isConnected) hideWhy();
  if (isChosen(fresh)) showChoice();
  if (focused) (chipsOf(fresh).find((chip) => chip.dataset.code === code) || fresh).focus({ preventScroll: true });
  for (const card of cards()) showCard(card, fresh);
}

/** Keep the numbers above a transcript true. */
function count(old, fresh) {
  const waits = (sentence) => Number(sentence.dataset.waits || 0);
  bump("#count-done", ("done" in fresh.dataset) - ("done" in old.dataset));
  bump("#count-waits", waits(fresh) - waits(old));
}

function bump(selector, by) {
  const shown = one(selector);
  if (!shown || !by) return;
  shown.dataset.value = Number(shown.dataset.value) + by;
  shown.textContent = shown.dataset.value;
}

/** A card says what holds for its code now, as the chip of the sentence does. */
function showCard(card, sentence) {
  const chip = chipsOf(sentence).find((it) => it.dataset.code === card.dataset.code);
  card.dataset.outcome = chip?.dataset.outcome || "";
  one(".now", card).textContent = chip ? one("small", chip).textContent.trim() : "not on the sentence";
}

/* ---- choosing ------------------------------------------------------------------------------------------------------ */

/** Where the person is: a sentence, the other end of a range, and the code in focus; "" = nowhere. */
const at = { place: "", from: "", code: "" };

const sentences = () => all(".s");
const here = () => (at.place ? sentenceAt(at.place) : null);
const markHere = () => at.code && (cards().length ? cards() : chipsOf(here())).find((it) => it.dataset.code === at.code);

/** The chosen sentences, in order. */
function chosen() {
  const list = sentences();
  const ends = [at.from || at.place, at.place].map((place) => list.findIndex((it) => it.dataset.place === place));
  return ends.includes(-1) ? [] : list.slice(Math.min(...ends), Math.max(...ends) + 1);
}

const isChosen = (sentence) => chosen().includes(sentence);

/** Choose a sentence, or with `extends` all up to it. */
function choose(sentence, { extend = false, focus = true } = {}) {
  at.from = extend ? at.from || at.place || sentence.dataset.place : "";
  at.place = sentence.dataset.place;
  at.code = "";
  showChoice();
  if (focus) bringUp(sentence);
}

function bringUp(element) {
  element.scrollIntoView({ block: "nearest" });
  element.focus({ preventScroll: true });
}

function letGo() {
  if (one("#queue")) return bringUp(here()); // its one sentence stays chosen
  Object.assign(at, { place: "", from: "", code: "" });
  showChoice();
  document.activeElement?.blur();
}

function showChoice() {
  const list = chosen();
  for (const old of all(".s.chosen")) forget(old);
  for (const sentence of list) {
    sentence.classList.add("chosen");
    codesOf(sentence)?.classList.add("chosen");
    if (sentence.dataset.place === at.place) describe(sentence);
  }
  sayWhere(list);
}

/** Only the sentence a person is at is more than text: it can have the focus, and says which codes it has. */
function describe(sentence) {
  sentence.classList.add("here");
  sentence.id ||= "sentence";
  sentence.tabIndex = 0;
  sentence.setAttribute("role", "group");
  sentence.setAttribute("aria-roledescription", "sentence");
  sentence.setAttribute("aria-labelledby", sentence.id);
  const codes = codesOf(sentence);
  if (codes) codes.id = "codes-here";
  sentence.setAttribute("aria-describedby", codes ? "codes-here here" : "here");
  for (const chip of chipsOf(sentence)) chip.tabIndex = 0;
}

function forget(sentence) {
  sentence.classList.remove("chosen", "here");
  sentence.tabIndex = -1;
  for (const name of ["role", "aria-roledescription", "aria-labelledby", "aria-describedby"]) sentence.removeAttribute(name);
  codesOf(sentence)?.classList.remove("chosen");
  codesOf(sentence)?.removeAttribute("id");
  for (const chip of chipsOf(sentence)) chip.tabIndex = -1;
}

function sayWhere(list) {
  const shown = one("#here");
  if (!shown) return;
  const [sentence] = list;
  if (!sentence) shown.textContent = "No sentence chosen: press j or click one";
  else if (list.length > 1) shown.textContent = `${list.length} sentences chosen`;
  else shown.textContent = [
    `Sentence ${sentence.dataset.position}`,
    "done" in sentence.dataset ? "done" : "not done",
    sentence.dataset.by ? `done by ${sentence.dataset.by}` : "",
    "hidden" in sentence.dataset ? "suggestions are hidden" : "",
  ].filter(Boolean).join(" · ");
}

/** Go `by` sentences on; past the last one, to the link to what follows. */
function step(by, { extend = false, only = () => true } = {}) {
  if (one("#queue")) return stepCode(by);
  const list = sentences();
  const from = list.findIndex((sentence) => sentence.dataset.place === at.place);
  const start = from < 0 ? firstInView(list, by) : from + by;
  for (let i = start; i >= 0 && i < list.length; i += by) if (only(list[i])) return choose(list[i], { extend });
  const next = one("#next");
  if (by > 0 && !extend && next && from >= 0) { bringUp(next); say(`No further sentence here. Enter opens: ${next.textContent}`); }
  else say(by > 0 ? "No further sentence here." : "No sentence before this one here.");
}

/** Where to begin when no sentence is chosen: what the person sees. */
function firstInView(list, by) {
  const seen = list.findIndex((sentence) => sentence.getBoundingClientRect().top >= 0);
  return by > 0 ? Math.max(seen, 0) : (seen < 0 ? list.length : seen) - 1;
}

/** Go to the next or previous code of the sentence; before the first one is the sentence itself. */
function stepCode(by) {
  if (!here()) return;
  const marks = cards().length ? cards() : chipsOf(here());
  if (!marks.length) return say("No code is on this sentence.");
  const next = marks.findIndex((it) => it.dataset.code === at.code) + by;
  if (next < 0) bringUp(here());
  else if (next < marks.length) bringUp(marks[next]);
}

const waitsHere = (sentence) => "waits" in sentence.dataset;

/* ---- deciding -------------------------------------------------------------------------------------------------------- */

/** A place as the server wants it; a document's id may hold colons. */
function parsed(place) {
  const cut = place.lastIndexOf(":");
  return { document_id: place.slice(0, cut), position: Number(place.slice(cut + 1)) };
}

/** What a decision is about: the code in focus, or all codes that wait on the chosen sentences. */
function meant() {
  if (at.code && here()) return [[at.place, at.code]];
  return chosen().flatMap((sentence) =>
    chipsOf(sentence).filter((chip) => chip.dataset.outcome === "pending").map((chip) => [sentence.dataset.place, chip.dataset.code]));
}

function decide(decision, pairs = meant()) {
  if (!pairs.length) return say(here() ? "No code waits on this sentence. Go to a code with ← → first." : "Choose a sentence first.");
  send("/decide", { decisions: pairs.map(([place, code]) => ({ ...parsed(place), code, decision })) }, pairs.map(([place]) => place));
}

function add(code) {
  const places = chosen().map((sentence) => sentence.dataset.place);
  if (places.length) decide("add", places.map((place) => [place, code]));
}

function finish() {
  const places = chosen().map((sentence) => sentence.dataset.place);
  if (!places.length) return say("Choose a sentence first.");
  send("/finish", { places: places.map(parsed) }, places, takeNext);
  if (one("#queue")) return;
  at.place = places.at(-1);
  step(1);
}

/** Show the page as it is now, once all is stored, and say there what was done. */
function loadAgain(answer) {
  if (unsent.length) return;
  session.set("qualcode-said", answer.said);
  location.assign(location.pathname + location.search);
}

/** In the queue, what comes first now follows. */
const takeNext = (answer) => { if (one("#queue")) loadAgain(answer); };

/** What is taken back may stand elsewhere: the queue shows it again. */
function undo() {
  send("/undo", {}, [], (answer) => { if (answer.action && !Object.keys(answer.sentences).some(sentenceAt)) takeNext(answer); });
}

/** Go on to the next passage; the address lists those put aside. */
function putAside() {
  if (!one("#queue") || !here()) return;
  const address = new URL(location);
  address.searchParams.set("later", [...(address.searchParams.get("later") || "").split(","), at.place].filter(Boolean).join(","));
  location.assign(address);
}

/* ---- adding by name or number: the combobox of the ARIA practices -------------------------------------------------- */

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** How well an option fits what was typed; 0 = not at all. */
function fit(option, typed) {
  const { number, name } = option.dataset;
  const said = folded(name);
  if (!typed || number === typed) return 4;
  if (number.startsWith(typed) || said.startsWith(typed)) return 3;
  if (said.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(typed))) return 2;
  return said.includes(typed) ? 1 : 0;
}

function openAdder(typed = "") {
  if (!one("#adder")) return;
  if (!here()) return say("Choose a sentence first.");
  one("#adder").showModal();
  const input = one("#adder-input");
  input.value = typed;
  showOptions();
  input.focus();
}

function showOptions() {
  const typed = folded(one("#adder-input").value.trim());
  const options = all("#adder-list [role=option]");
  const fits = options.filter((option) => { option.hidden = !fit(option, typed); return !option.hidden; });
  one("#adder-none").textContent = fits.length ? "" : "No code has this name or number.";
  pick(fits.reduce((best, option) => (best && fit(best, typed) >= fit(option, typed) ? best : option), null));
}

function pick(option) {
  for (const other of all("#adder-list [aria-selected=true]")) other.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  const input = one("#adder-input");
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
}

function take(option) {
  if (!option) return;
  one("#adder").close();
  add(option.dataset.code);
}

function adderKey(event) {
  const options = all("#adder-list [role=option]:not([hidden])");
  const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const to = { ArrowDown: now + 1, ArrowUp: now - 1, PageDown: Math.min(now + 6, options.length - 1), PageUp: Math.max(now - 6, 0) }[event.key];
  if (to !== undefined && options.length) pick(options.at(to % options.length));
  else if (event.key === "Enter") take(options[now]);
  else return;
  event.preventDefault();
}

/** A digit adds the code of that number at once, unless a longer number begins with it: then the list opens. */
function digit(typed) {
  if (!here()) return say("Choose a sentence first.");
  const fits = all("#adder-list [role=option]").filter((option) => option.dataset.number.startsWith(typed));
  if (fits.length === 1 && fits[0].dataset.number === typed) add(fits[0].dataset.code);
  else if (fits.length) openAdder(typed);
  else say(`No code has the number ${typed}.`);
}

/* ---- memos --------------------------------------------------------------------------------------------------------------- */

function openMemo() {
  const sentence = here();
  if (!sentence) return say("Choose a sentence first.");
  const chip = chipsOf(sentence).find((it) => it.dataset.code === at.code);
  const dialog = one("#note");
  dialog.dataset.place = at.place;
  dialog.dataset.code = chip ? at.code : "";
  one("#note-title").textContent = chip ? `Memo on ${one("span", chip).textContent}, sentence ${sentence.dataset.position}` : `Memo on sentence ${sentence.dataset.position}`;
  one("#note-text").value = chip ? JSON.parse(chip.dataset.e).memo : one(".memo", codesOf(sentence) || make("ul"))?.textContent || "";
  dialog.returnValue = "";
  dialog.showModal();
  one("#note-text").focus();
}

function keepMemo() {
  const { place, code } = one("#note").dataset;
  send("/memo", { text: one("#note-text").value, ...parsed(place), ...(code ? { code } : {}) }, [place]);
}

/* ---- why: the evidence of a chip ------------------------------------------------------------------------------------ */

const SOURCES = {
  cue: "cue", word: "word", model: "the sentence alone", turn: "the sentences around it", question: "the question",
  example: "most similar example", counterexample: "most similar without the code", veto: "veto", language: "language",
};
const DECIDED = { accept: "accepted", add: "added", reject: "rejected", unsure: "is unsure" };
let waitingForWhy = 0;

function showWhy(chip) {
  const panel = one("#why");
  if (!panel) return;
  clearTimeout(waitingForWhy);
  if (panel.chip && panel.chip !== chip) panel.chip.removeAttribute("aria-describedby");
  panel.chip = chip;
  // a label of the panel itself would be all of the description
  const text = Object.assign(make("div"), { id: "why-text" });
  text.append(...whyLines(chip));
  panel.replaceChildren(text);
  panel.className = `why ${[...chip.classList].filter((name) => name !== "chip").join(" ")}`;
  chip.setAttribute("aria-describedby", "why-text");
  if (!panel.matches(":popover-open")) panel.showPopover();
  placeBeside(panel, chip);
  markWords(sentenceOf(chip), JSON.parse(chip.dataset.r || "[]"));
}

function hideWhy() {
  clearTimeout(waitingForWhy);
  const panel = one("#why");
  if (!panel?.matches(":popover-open")) return false;
  if (panel.contains(document.activeElement)) bringUp(panel.chip); // hidden, it would lose the focus
  panel.hidePopover();
  panel.chip?.removeAttribute("aria-describedby");
  panel.chip = null;
  markWords(null);
  return true;
}

/** Right of the chip where there is room, else below its sentence's codes or above them; never over them. */
function placeBeside(panel, chip) {
  const [own, codes] = [chip, chip.closest(".m")].map((element) => element.getBoundingClientRect());
  const foot = (one("#bar")?.getBoundingClientRect().top ?? innerHeight) - 8;
  panel.style.maxHeight = "";
  const { width, height } = panel.getBoundingClientRect();
  const isRight = own.right + width + 16 < document.documentElement.clientWidth;
  const isBelow = codes.bottom + height + 6 < foot || foot - codes.bottom > codes.top;
  const room = isRight ? foot - 8 : isBelow ? foot - codes.bottom - 6 : codes.top - 14;
  const shown = Math.min(height, room);
  panel.style.maxHeight = `${shown}px`;
  panel.style.top = `${isRight ? Math.max(8, Math.min(own.top, foot - shown)) : isBelow ? codes.bottom + 6 : codes.top - shown - 6}px`;
  panel.tabIndex = panel.scrollHeight > panel.clientHeight ? 0 : -1; // what scrolls can have the focus
  panel.style.left = `${isRight ? own.right + 8 : Math.max(8, Math.min(own.left, document.documentElement.clientWidth - width - 8))}px`;
}

function enterWhy() {
  const panel = one("#why");
  if (panel?.chip) panel.focus();
  else say("Go to a code first: its evidence is shown then.");
}

function followChip() {
  const panel = one("#why");
  if (panel?.chip?.isConnected) placeBeside(panel, panel.chip);
}

function whyLines(chip) {
  const facts = JSON.parse(chip.dataset.e);
  const reasons = JSON.parse(chip.dataset.r || "[]");
  const opinions = JSON.parse(chip.dataset.o || "[]");
  const lines = [make("p", `${one("b", chip).textContent} ${one("span", chip).textContent}`, "title")];
  lines.push(make("p", machine(facts), "machine"));
  if (facts.stale) lines.push(make("p", "Decided when the code meant something else.", "warn"));
  for (const opinion of opinions) lines.push(who(opinion));
  if (reasons.length) lines.push(table(reasons, textNode(sentenceOf(chip)).data));
  if (facts.memo) lines.push(Object.assign(make("p", facts.memo, "memo"), { dir: "auto" }));
  return lines;
}

function machine(facts) {
  if (!facts.by) return "No machine suggested it.";
  const says = { auto: "counts it", pending: "lets it wait" }[facts.status] || "does not suggest it";
  const sure = facts.p === null ? "" : `, probability ${facts.p.toFixed(2)}`;
  return `${facts.by} ${says}${sure}; codebook ${facts.codebook}`;
}

function who([coder, decision, isAdjudicated, time, version]) {
  const line = make("p", "", "who");
  line.append(make("bdi", coder), ` ${DECIDED[decision] || decision}`, isAdjudicated ? " (adjudicated)" : "", time ? `, ${time}` : "", version ? `, codebook ${version}` : "");
  return line;
}

/** Likeness to examples says how near they are, not what they add: it stands last and has no sign. */
const isLikeness = ([source]) => source.endsWith("example");

function table(reasons, text) {
  const list = make("ul", "", "reasons");
  const points = Array.from(text);
  for (const reason of [...reasons.filter((it) => !isLikeness(it)), ...reasons.filter(isLikeness)]) {
    const [source, detail, start, end, weight] = reason;
    const said = SOURCES[source] || source;
    const words = source === "cue" && start !== null ? points.slice(start, end).join("") : detail;
    const number = `${isLikeness(reason) ? "" : weight < 0 ? "−" : "+"}${Math.abs(weight).toFixed(2)}`;
    const item = make("li", "", isLikeness(reason) ? "like" : weight < 0 ? "against" : "for");
    const what = make("span", said);
    if (words !== said) what.append(" ", Object.assign(make("q", words), { dir: "auto" }));
    if (words !== detail) what.append(make("code", detail)); // a cue may be a pattern: what it found comes first
    item.append(make("span", number, "weight"), what);
    list.append(item);
  }
  return list;
}

/** Mark the words that spoke for and against, without touching the text; offsets count code points. */
function markWords(sentence, reasons = []) {
  if (!CSS.highlights) return;
  CSS.highlights.clear();
  const node = sentence && textNode(sentence);
  if (!node) return;
  const points = Array.from(node.data);
  const unit = (count) => points.slice(0, count).join("").length;
  for (const kind of ["against", "for"]) {
    const ranges = reasons
      .filter(([source, , start, end, weight]) => ["cue", "word"].includes(source) && start !== null && end <= points.length && (weight < 0) === (kind === "against"))
      .map(([, , start, end]) => new StaticRange({ startContainer: node, startOffset: unit(start), endContainer: node, endOffset: unit(end) }));
    CSS.highlights.set(kind, new Highlight(...ranges));
  }
}

const textNode = (element) => document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();

/* ---- keys ------------------------------------------------------------------------------------------------------------------ */

let areKeysOn = kept.get("qualcode-keys") !== "off";
let isGoing = false;

const DO = {
  previous: () => step(-1), next: () => step(1), extend: () => step(1, { extend: true }), back: () => step(-1, { extend: true }),
  nextWaiting: () => step(1, { only: waitsHere }), previousWaiting: () => step(-1, { only: waitsHere }),
  accept: () => decide("accept"), reject: () => decide("reject"), unsure: () => decide("unsure"),
  add: () => openAdder(), memo: openMemo, why: enterWhy, finish, undo, later: putAside, help: () => one("#keys").showModal(),
};
const LETTERS = { j: "next", k: "previous", n: "nextWaiting", p: "previousWaiting", a: "accept", r: "reject", u: "unsure", "/": "add", "+": "add", m: "memo", e: "why", z: "undo", s: "later", "?": "help" };

/** The letter on the key also where the keyboard writes Greek or Cyrillic. */
const letterOf = (event) => (/^[\x21-\x7e]$/.test(event.key) ? event.key.toLowerCase() : /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : event.key);

const isTyping = (element) => element.matches?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (one("dialog[open]") || isTyping(event.target)) return;
  if (event.key === "Escape") { if (!hideWhy() && at.place) letGo(); return; }
  if (onSentenceKey(event) || (areKeysOn && onLetter(event))) event.preventDefault();
}

/** Keys that work whenever a sentence, chip or card has the focus, letters or not. */
function onSentenceKey(event) {
  const isOn = event.target.closest(".s, .m, .card");
  const isFree = event.target === document.body || event.target.id === "main";
  if (event.key === "Enter" && (isOn || isFree) && here() && !event.target.closest("a, summary, .card button")) { finish(); return true; }
  if (!isOn) return false;
  const extend = event.shiftKey;
  const act = { ArrowDown: () => step(1, { extend }), ArrowUp: () => step(-1, { extend }), ArrowRight: () => stepCode(1), ArrowLeft: () => stepCode(-1) }[event.key];
  act?.();
  return Boolean(act);
}

function onLetter(event) {
  const letter = letterOf(event);
  if (isGoing) { isGoing = false; one(`[data-go="${CSS.escape(letter)}"]`)?.click(); return true; }
  if (letter === "g") { isGoing = true; say("Go to: d documents, q queue, c codebook, t tables"); return true; }
  if (letter === "z" || letter === "?") { DO[LETTERS[letter]](); return true; }
  if (!one("#bar")) return false;
  if (/^[1-9]$/.test(letter)) { digit(letter); return true; }
  if (event.shiftKey && (letter === "j" || letter === "k")) { DO[letter === "j" ? "extend" : "back"](); return true; }
  const act = LETTERS[letter];
  if (!act || (event.shiftKey && /[a-z]/.test(letter))) return false;
  DO[act]();
  return true;
}

/* ---- mouse, touch, focus: one listener each for the whole page ---------------------------------------------------- */

function onClick(event) {
  const target = event.target.closest("[data-do], [data-close], .chip, .s, [role=option], #theme, #help");
  if (!target) return;
  if (target.dataset.do) return act(target);
  if ("close" in target.dataset) return target.closest("dialog").close();
  if (target.matches("[role=option]")) return take(target);
  if (target.id === "theme") return nextTheme();
  if (target.id === "help") return DO.help();
  if (target.matches(".chip")) return target.focus(); // Safari does not do so itself
  return clickSentence(target, event);
}

/** A button of the bar acts on the selection; a button of a card on its code. */
function act(button) {
  const card = button.closest(".card");
  if (card) at.code = card.dataset.code;
  DO[button.dataset.do]();
}

/** A click chooses, with Shift a range; words marked to be copied choose nothing. */
function clickSentence(sentence, event) {
  if (getSelection().isCollapsed) choose(sentence, { extend: event.shiftKey });
}

/** Words of several sentences marked with the mouse choose these sentences. */
function onRelease() {
  const marked = getSelection();
  const [first, last] = [marked.anchorNode, marked.focusNode].map((node) => node?.parentElement?.closest(".s"));
  if (marked.isCollapsed || !first || !last || first === last) return;
  choose(first, { focus: false });
  choose(last, { extend: true, focus: false });
}

/** Whatever has the focus is what the person is at; the bar and the evidence leave that as it is. */
function onFocus(event) {
  const target = event.target.closest?.(".s, .chip, .card, #bar, #why");
  if (!target?.matches("#bar, #why, .chip")) hideWhy();
  if (!target || target.matches("#bar, #why")) return;
  const sentence = target.matches(".s") ? target : target.matches(".card") ? here() : sentenceOf(target);
  if (sentence !== here()) choose(sentence, { focus: false });
  at.code = target.dataset.code || "";
  if (target.matches(".chip")) showWhy(target);
  if (target.matches(".card")) markWords(sentence, JSON.parse(target.dataset.r || "[]"));
}

function onHover(event) {
  if (event.pointerType !== "mouse") return;
  const chip = event.target.closest(".chip");
  const isLeaving = event.type === "pointerout";
  if (chip || event.target.closest("#why")) {
    clearTimeout(waitingForWhy);
    if (isLeaving) waitingForWhy = setTimeout(() => { if (document.activeElement !== one("#why")?.chip) hideWhy(); }, 250);
    else if (chip) waitingForWhy = setTimeout(() => showWhy(chip), 120);
  }
}

/* ---- forms: <form data-post="/memo" data-body='{"code":"x"}' data-confirm="Sure?" data-then="reload"> is sent as JSON;
   "codes[]" are lists, "filter.region" goes inside "filter", empty fields inside are left out ------------------------- */

function formBody(form, submitter) {
  const body = JSON.parse(form.dataset.body || "{}");
  for (const field of form.elements) if (field.name?.endsWith("[]")) body[field.name.slice(0, -2)] = [];
  for (const [name, value] of new FormData(form, submitter)) {
    const [outer, inner] = name.split(".");
    if (name.endsWith("[]")) body[name.slice(0, -2)].push(value);
    else if (inner) { body[outer] ??= {}; if (value) body[outer][inner] = value; }
    else body[name] = value;
  }
  return body;
}

function onSubmit(event) {
  const form = event.target;
  if (!form.dataset.post) return;
  event.preventDefault();
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return;
  send(form.dataset.post, formBody(form, event.submitter), [], (answer) => { if (form.dataset.then === "reload") loadAgain(answer); });
}

/* ---- light and dark -------------------------------------------------------------------------------------------------------- */

const THEMES = ["", "light", "dark"];
const themeName = () => document.documentElement.dataset.theme || "";

function nextTheme() {
  const theme = THEMES[(THEMES.indexOf(themeName()) + 1) % THEMES.length];
  document.documentElement.dataset.theme = theme;
  kept.set("qualcode-theme", theme);
  showTheme();
}

function showTheme() {
  one("#theme").textContent = { "": "Scheme: auto", light: "Scheme: light", dark: "Scheme: dark" }[themeName()];
}

/* ---- begin -------------------------------------------------------------------------------------------------------------------- */

document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
document.addEventListener("focusin", onFocus);
document.addEventListener("pointerover", onHover);
document.addEventListener("pointerout", onHover);
document.addEventListener("mouseup", onRelease);
document.addEventListener("submit", onSubmit);
document.addEventListener("scroll", followChip, { passive: true });
// with Shift, a press on a sentence ends a range of sentences, not of letters
document.addEventListener("mousedown", (event) => { if (event.shiftKey && event.target.closest(".s")) event.preventDefault(); });
// a press on the bar leaves the focus on the sentence, so that keys go on from there
one("#bar")?.addEventListener("mousedown", (event) => event.preventDefault());
if (one("#bar")) new ResizeObserver(measureBar).observe(one("#bar"));
one("#adder-input")?.addEventListener("input", showOptions);
one("#adder-input")?.addEventListener("keydown", adderKey);
one("#note")?.addEventListener("close", (event) => { if (event.target.returnValue === "save") keepMemo(); });
one("#note-text")?.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) one("#note").close("save"); });
one("#keys-on").checked = areKeysOn;
one("#keys-on").addEventListener("change", (event) => { areKeysOn = event.target.checked; kept.set("qualcode-keys", areKeysOn ? "on" : "off"); });
showTheme();
if (session.get("qualcode-said")) say(session.get("qualcode-said"));
session.set("qualcode-said", "");

/** How much of the window the bar covers: what is scrolled to must stand above it. */
function measureBar() {
  const bar = one("#bar");
  if (bar) document.documentElement.style.setProperty("--foot", `${bar.offsetHeight}px`);
}

/** Begin at the sentence of the address, or at that of the queue; else the Tab key leads to the first one. */
function begin() {
  const first = one(/^#s\d+$/.test(location.hash) ? `.s${location.hash}` : ".s");
  if (first && (first.id === location.hash.slice(1) || one("#queue"))) { measureBar(); choose(first); }
  else if (first) first.tabIndex = 0;
}
begin();
window.addEventListener("hashchange", begin);

window.review = { send, say, fail };
