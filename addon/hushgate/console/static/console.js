// The pages work without this: it keeps the latest exchanges up to date, and knows keys.
"use strict";

const MOST_ROWS = 100;
const PAGES = { o: "/", a: "/approvals", s: "/sessions", v: "/search", p: "/policy", c: "/coverage", u: "/users", h: "/health" };

function badge(kind, word) {
  const made = document.createElement("span");
  made.className = `${kind} ${word}`;
  made.textContent = word;
  return made;
}

// A row of the table, from texts alone: nothing that comes in is read as HTML.
function draw(row, said) {
  row.dataset.id = said.id;
  for (const cell of row.querySelectorAll("[data-is]")) {
    const name = cell.dataset.is;
    if (name === "done") cell.replaceChildren(badge("did", said.done));
    else if (name === "level") cell.replaceChildren(badge("level", said.level));
    else cell.textContent = said[name];
    if (name === "id") cell.href = `/exchanges/${encodeURIComponent(said.id)}`;
    if (name === "session") cell.href = `/sessions/${encodeURIComponent(said.session)}`;
  }
}

function fresh(table) {
  const row = document.createElement("tr");
  const names = ["at", "id", "session", "actor", "route", "model", "done", "level", "findings", "outcome"];
  for (const name of names) {
    const cell = document.createElement("td");
    if (name === "id" || name === "session") {
      const link = document.createElement("a");
      link.dataset.is = name;
      if (name === "id") link.className = "id";
      cell.append(link);
    } else {
      cell.dataset.is = name;
      if (name === "at") cell.className = "time";
      if (name === "findings") cell.className = "number";
    }
    row.append(cell);
  }
  row.classList.add("new");
  table.tBodies[0].prepend(row);
  return row;
}

function follow(table) {
  const state = document.getElementById("live");
  const feed = new EventSource("/live");
  feed.addEventListener("open", () => { state.textContent = "Live"; state.classList.add("on"); });
  feed.addEventListener("error", () => {
    state.textContent = feed.readyState === EventSource.CLOSED ? "Not live: reload the page" : "Not live: trying again";
    state.classList.remove("on");
  });
  feed.addEventListener("exchange", (event) => {
    const said = JSON.parse(event.data);
    const known = [...table.tBodies[0].rows].find((row) => row.dataset.id === said.id);
    draw(known ?? fresh(table), said);
    document.querySelector("[data-empty]")?.remove();
    while (table.tBodies[0].rows.length > MOST_ROWS) table.tBodies[0].rows[MOST_ROWS].remove();
  });
}

let waiting = false;
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (waiting && PAGES[event.key]) location.assign(PAGES[event.key]);
  waiting = event.key === "g";
});

const table = document.querySelector("table[data-live]");
if (table) follow(table);
