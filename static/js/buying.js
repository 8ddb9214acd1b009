// Buying: filters that answer at once, the basket beside the goods, orders that tell where they are.
"use strict";

const WIDE = window.matchMedia("(min-width: 62rem)");
const filters = document.querySelector("details.filters");

// Filters stand open beside the list; on a phone they are a sheet over it.
function stand() {
  filters.open = WIDE.matches;
  filters.classList.toggle("is-sheet", !WIDE.matches);
}
function close() {
  if (!filters.classList.contains("is-sheet") || !filters.open) return;
  filters.open = false;
  filters.querySelector("summary").focus();
}
if (filters) {
  stand();
  WIDE.addEventListener("change", stand);
  filters.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  filters.addEventListener("click", (event) => { if (event.target.closest("[data-close-filters]")) close(); });
}

// What somebody is typing meanwhile is not overwritten by the answer to what they had typed before.
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const typed = document.activeElement;
  if (!typed || !typed.id || typed.type !== "text") return;
  const twin = detail.fragment.querySelector(`#${CSS.escape(typed.id)}`);
  if (twin) twin.value = typed.value;
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!detail.target || detail.target.id !== "goods") return;
  const search = new URLSearchParams(window.location.search).get("search") || "";
  document.querySelectorAll("#filter-search, #site-search").forEach((input) => {
    if (input !== document.activeElement) input.value = search;
  });
  if (document.activeElement === document.body) document.getElementById("goods").focus({ preventScroll: true });
});

// Parts that came later get their buttons too.
document.addEventListener("htmx:load", ({ detail }) => {
  detail.elt.querySelectorAll("[data-step], [data-print]").forEach((button) => { button.hidden = false; });
});
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

// A quantity that was changed again while its answer was under way is not set back by that answer.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-live]");
  if (form) form.dataset.newer = "1";
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const asked = event.detail.elt;
  if (asked.matches("form[data-live]")) delete asked.dataset.newer;
  const busy = document.hidden || asked.querySelector("details.move[open]");
  if (asked.matches("[data-watch]") && busy) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.querySelector?.("form[data-newer]")) event.detail.shouldSwap = false;
});

// What could not be sent is said where it was asked for.
["htmx:sendError", "htmx:responseError"].forEach((name) => document.addEventListener(name, ({ detail }) => {
  if (!detail.elt.matches("[data-watch]")) toasts.append(document.getElementById("unsent").content.cloneNode(true));
}));
