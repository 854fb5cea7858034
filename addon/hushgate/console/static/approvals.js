// Approvals: the list as it changes, how long each still waits, and keys. The pages work without this.
"use strict";

const said = document.getElementById("said");
const list = document.querySelector("ol[data-pending]");
const one = document.querySelector("[data-approval]");

function element(name, kind, text) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (text !== undefined) made.textContent = text;
  return made;
}

// Every word that comes in is text; nothing of it is read as HTML.
function reason([rule, says]) {
  const line = element("p", "why");
  line.append(element("code", "", rule), ` ${says}`);
  return line;
}

function excerpt(text) {
  const line = element("p", "excerpt");
  line.append(element("span", "said-by", text.who));
  for (const [piece, token] of text.pieces) line.append(token ? element("mark", "", piece) : piece);
  return line;
}

function fill(card, told) {
  const place = (name) => card.querySelector(`[data-is="${name}"]`);
  card.dataset.id = told.id;
  for (const name of ["actor", "destination", "votes", "refused", "id", "why"]) place(name).textContent = told[name];
  place("model").textContent = told.model && `, ${told.model}`;
  place("level").replaceChildren(...(told.level ? [element("span", `level ${told.level}`, told.level)] : []));
  place("entities").replaceChildren(...told.entities.flatMap((name) => [element("span", "finding", name), " "]));
  place("reasons").replaceChildren(...told.reasons.map(reason));
  place("excerpts").replaceChildren(...told.excerpts.map(excerpt));
  const page = `/approvals/${encodeURIComponent(told.id)}`;
  place("open").href = page;
  for (const name of ["raw", "reject", "grant"]) place(name).href = `${page}#${name}`;
  place("masked").hidden = told.unmaskable || !told.plain;
  const form = card.querySelector("form");
  form.action = `${page}/approve`;
  form.hidden = told.refused !== "";
  place("ends").dataset.ends = told.ends;
}

function update(told) {
  const ids = new Set(told.ids);
  const known = new Map([...list.children].map((card) => [card.dataset.id, card]));
  for (const [id, card] of known) {
    if (ids.has(id)) continue;
    if (card.contains(document.activeElement)) leave(card);
    card.remove();
  }
  for (const card of told.cards) {
    let place = known.get(card.id);
    if (!place) {
      place = document.getElementById("card").content.firstElementChild.cloneNode(true);
      place.classList.add("new");
      list.append(place);
    }
    fill(place, card);
  }
  document.querySelector("[data-nothing]").hidden = told.ids.length > 0;
  document.querySelector("[data-more]").hidden = told.ids.length <= told.cards.length;
  document.querySelector("[data-count]").textContent = told.ids.length - told.cards.length;
  tick();
}

const UNREAD = 1000; // milliseconds in which nobody has read what came under the keys by itself
let came = -UNREAD;

// The chosen one is gone. After a decision of one's own the next one is chosen; else none, so that no key hits another.
function leave(card) {
  const next = card.nextElementSibling ?? card.previousElementSibling;
  if (card.dataset.mine && next) {
    came = performance.now();
    next.focus();
  } else if (!card.dataset.mine) said.textContent = `${card.dataset.id} was decided elsewhere, or has ended.`;
}

function tick() {
  for (const place of document.querySelectorAll("[data-ends]")) {
    const left = Math.round((Date.parse(place.dataset.ends) - Date.now()) / 1000);
    const two = (n) => String(n).padStart(2, "0");
    place.title = place.dataset.ends;
    place.textContent = left > 0 ? `in ${Math.floor(left / 60)}:${two(left % 60)}` : "now";
  }
}

function follow() {
  const state = document.getElementById("live");
  const feed = new EventSource("/live/approvals");
  const live = (word, on) => { if (state) { state.textContent = word; state.classList.toggle("on", on); } };
  feed.addEventListener("open", () => live("Live", true));
  feed.addEventListener("error", () => {
    live(feed.readyState === EventSource.CLOSED ? "Not live: reload the page" : "Not live: trying again", false);
  });
  feed.addEventListener("pending", (event) => {
    const told = JSON.parse(event.data);
    if (list) update(told);
    else if (!told.ids.includes(one.dataset.approval)) over(feed);
  });
}

// What this page is about was decided elsewhere: nothing can be sent any more, and what was typed stays.
function over(feed) {
  feed.close();
  for (const button of document.querySelectorAll("aside .acts button")) button.disabled = true;
  const link = element("a", "", "Show what became of it");
  link.href = location.pathname;
  said.replaceChildren("This was decided elsewhere, or has ended. ", link);
}

async function approve(card) {
  const form = card.querySelector("form");
  if (form.hidden || card.querySelector('[data-is="masked"]').hidden || card.dataset.mine) return;
  card.dataset.mine = "yes";
  const id = card.dataset.id;
  try {
    const answer = await fetch(`/api/approvals/${encodeURIComponent(id)}/approve`, {
      method: "POST", headers: { "content-type": "application/json" }, body: "{}",
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(`${told.error.message}. ${told.error.hint}`);
    said.textContent = told.state === "approved" ? `${id} is approved, masked.` : `${id}: your yes is noted, others have to agree.`;
  } catch (why) {
    delete card.dataset.mine;
    said.textContent = `${id}: ${why.message}`;
  }
}

function step(by) {
  const cards = [...list.children];
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  cards[at < 0 ? 0 : Math.max(0, Math.min(cards.length - 1, at + by))]?.focus();
}

const OPENS = { w: "raw", x: "reject", t: "grant" };

// A part of the page that a key or a link opens, and what is focused in it: the button that confirms, or the first field.
function unfold(name) {
  const part = document.getElementById(name);
  if (!part) return;
  part.open = true;
  part.querySelector(name === "raw" ? "button" : "input:not([type=hidden])").focus();
}

function press(key) {
  if (list) {
    const card = [...list.children].find((each) => each.contains(document.activeElement));
    if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
    else if (!card) said.textContent = "Choose one first: j and k.";
    else if (key === "a" && performance.now() - came < UNREAD) said.textContent = "This is the next one: read it first.";
    else if (key === "a") approve(card);
    else if (!card.querySelector("form").hidden) location.assign(card.querySelector(`[data-is="${OPENS[key]}"]`).href);
    return;
  }
  if (key === "a") document.querySelector('form[data-act="masked"]')?.requestSubmit();
  else if (OPENS[key]) unfold(OPENS[key]);
}

let before = "";
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const chord = before === "g";
  before = event.key;
  if (typing || chord || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && event.target.matches(".case")) event.target.querySelector('[data-is="open"]').click();
  if (event.key in OPENS || "jka".includes(event.key)) {
    press(event.key);
    event.preventDefault();
  }
});

list?.addEventListener("submit", (event) => {
  event.preventDefault();
  approve(event.target.closest(".case"));
});

if (list || one?.dataset.state === "pending") follow();
if (!list && location.hash) unfold(location.hash.slice(1));
tick();
setInterval(tick, 1000);
