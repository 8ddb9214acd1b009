// Many chosen at once: all on the page, and how many there are. Without this the boxes and buttons do the work alone.
"use strict";

document.querySelectorAll("[data-many]").forEach((form) => {
  const boxes = () => [...form.elements].filter((field) => field.type === "checkbox" && field.name);
  const every = form.querySelector("[data-all]");
  const all = every.querySelector("input");
  const count = form.querySelector("[data-count]");
  const tell = () => {
    const n = boxes().filter((box) => box.checked).length;
    count.textContent = n ? count.dataset.some.replace("{n}", n) : count.dataset.none;
    all.checked = n > 0 && n === boxes().length;
    all.indeterminate = n > 0 && n < boxes().length;
    boxes().forEach((box) => box.closest("tr").classList.toggle("is-chosen", box.checked));
  };
  every.hidden = false;
  all.addEventListener("change", () => { boxes().forEach((box) => { box.checked = all.checked; }); tell(); });
  document.addEventListener("change", (event) => { if (event.target.form === form && event.target !== all) tell(); });
  document.addEventListener("htmx:afterSettle", tell);
  window.addEventListener("pageshow", tell);
  tell();
});
