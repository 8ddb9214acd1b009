// The board renews itself, but never under somebody's hands.
"use strict";

const busy = (board) => {
  const choosing = document.activeElement && document.activeElement.matches("#board select");
  const chosen = [...board.querySelectorAll("select")].some((select) => ![...select.options].some((option) => option.selected && option.defaultSelected) && select.selectedIndex > 0);
  return choosing || chosen || Boolean(board.querySelector("details[open]"));
};

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "board" && busy(event.target)) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id !== "board") return;
  if (busy(event.target)) event.detail.shouldSwap = false;
  else if (new URL(event.detail.xhr.responseURL).pathname !== location.pathname) location.reload();  // signed out
});
