// The search box suggests while one types. Without this it is a plain search.
"use strict";

document.querySelectorAll("[data-suggest]").forEach((input) => {
  const list = document.getElementById(input.getAttribute("aria-controls"));
  let asked = "", timer = 0, request = null;

  const choices = () => [...list.querySelectorAll("[role='option']")];
  const chosen = () => list.querySelector("[aria-selected='true']");
  const choose = (choice) => {
    chosen()?.setAttribute("aria-selected", "false");
    choice?.setAttribute("aria-selected", "true");
    choice?.scrollIntoView({ block: "nearest" });
    if (choice) input.setAttribute("aria-activedescendant", choice.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) choose(null);
  };
  const ask = async () => {
    const text = input.value.trim();
    if (text === asked) return;
    asked = text;
    request?.abort();
    if (text.length < 2) { list.replaceChildren(); show(false); return; }
    request = new AbortController();
    try {
      const answer = await fetch(`${input.dataset.suggest}?search=${encodeURIComponent(text)}`, { signal: request.signal });
      if (!answer.ok) return;
      list.innerHTML = await answer.text();
      input.removeAttribute("aria-activedescendant");
      show(choices().length > 0 && document.activeElement === input);
    } catch (problem) {
      if (problem.name !== "AbortError") asked = "";
    }
  };

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
  input.addEventListener("focus", () => { if (choices().length && input.value.trim() === asked) show(true); });
  input.addEventListener("blur", () => { setTimeout(() => { if (document.activeElement !== input) show(false); }, 150); });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); show(false); return; }
    if (event.key === "Enter" && chosen()) { event.preventDefault(); chosen().click(); return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !choices().length) return;
    event.preventDefault();
    show(true);
    const all = choices(), at = all.indexOf(chosen()) + step;
    choose(at === all.length || at === -1 ? null : all.at(at === -2 ? -1 : at));
  });
});
