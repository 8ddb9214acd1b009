// The queue of orders by keyboard: j k move, x chooses, a accepts, r makes ready, p prints, Enter opens, ? helps.
// Keys can be switched off; the page works without them.
"use strict";

(() => {
  const form = document.querySelector("[data-queue]");
  if (!form) return;
  const dialog = document.querySelector("[data-help-dialog]");
  const rows = [...form.querySelectorAll("[data-row]")];
  const boxes = rows.map((row) => row.querySelector("input[name=order]"));
  const every = form.querySelector("[data-all]");
  const count = form.querySelector("[data-count]");
  const store = { keys: "aqad-queue-keys", place: "aqad-queue-place" };

  const tell = () => {
    const n = boxes.filter((box) => box.checked).length;
    count.textContent = n ? count.dataset.some.replace("{n}", n) : count.dataset.none;
    const all = every.querySelector("input");
    all.checked = n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
    rows.forEach((row, place) => row.classList.toggle("is-chosen", boxes[place].checked));
  };
  every.hidden = false;
  every.addEventListener("change", (event) => {
    boxes.forEach((box) => { box.checked = event.target.checked; });
    tell();
  });
  form.addEventListener("change", tell);
  window.addEventListener("pageshow", tell);

  const here = () => rows.findIndex((row) => row.contains(document.activeElement));
  const go = (place) => {
    const at = Math.max(0, Math.min(boxes.length - 1, place));
    boxes[at].focus();
    rows[at].scrollIntoView({ block: "nearest" });
  };
  const send = (key) => {
    const at = here();
    const button = form.querySelector(`button[data-key="${key}"]`);
    if (!boxes.some((box) => box.checked)) {
      if (at < 0) return;
      boxes[at].checked = true;
      tell();
    }
    if (key !== "p") sessionStorage.setItem(store.place, String(Math.max(0, at)));
    form.requestSubmit(button);
  };
  const help = () => { if (!dialog.open) dialog.showModal(); };
  const keys = {
    j: () => go(here() + 1),
    k: () => go(here() < 0 ? 0 : here() - 1),
    x: () => { const at = here(); if (at >= 0) { boxes[at].checked = !boxes[at].checked; tell(); } },
    a: () => send("a"),
    r: () => send("r"),
    p: () => send("p"),
    Enter: () => { const at = here(); if (at >= 0) rows[at].querySelector("[data-open]").click(); },
    "?": help,
  };

  const on = dialog.querySelector("[data-keys-on]");
  on.checked = localStorage.getItem(store.keys) !== "off";
  on.addEventListener("change", () => localStorage.setItem(store.keys, on.checked ? "on" : "off"));
  document.querySelectorAll("[data-help]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", help);
  });

  document.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || !on.checked || dialog.open || event.defaultPrevented || event.repeat && event.key !== "j" && event.key !== "k") return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const box = event.target.closest("input, textarea, select, [contenteditable]");
    if (box && !boxes.includes(box)) return;
    if (event.key === "Enter" && !box) return; // links and buttons know what Enter is
    event.preventDefault();
    act();
  });

  // After a move the next order takes the place of the one that went.
  const place = sessionStorage.getItem(store.place);
  sessionStorage.removeItem(store.place);
  if (place !== null) go(Number(place));
  tell();
})();
