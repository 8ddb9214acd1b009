// Small comforts. Every page works without them.
"use strict";

document.querySelectorAll("[data-step]").forEach((button) => { button.hidden = false; });

// Toasts are told to screen readers, which hear what comes after the page; good news leave once they could be read.
const toasts = document.getElementById("toasts");
if (toasts) {
  const leave = (toast) => setTimeout(() => { if (toast.matches(":hover, :focus-within")) leave(toast); else toast.remove(); }, 8000);
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((toast) => {
    if (toast.matches?.("[data-tone='success'], [data-tone='info']")) leave(toast);
  }))).observe(toasts, { childList: true });
  setTimeout(() => toasts.append(...toasts.children), 150);
}

document.addEventListener("click", (event) => {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  const step = event.target.closest("[data-step]");
  if (step) {
    const input = step.parentElement.querySelector("input");
    if (step.dataset.step === "1") input.stepUp(); else input.stepDown();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

// A form goes out once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[hx-post], [data-again]")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  document.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});

// <select data-autosubmit> sends its form by itself.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit]") && event.target.form) event.target.form.requestSubmit();
});

const problem = document.querySelector("[data-focus]:not(.guide *)");
if (problem) problem.focus();

// What a driver's phone keeps to be read without the network goes at sign-out, and when somebody else is here.
const forgetPages = async (but) => {
  if (!window.caches) return;
  for (const name of await caches.keys()) if (name.startsWith("driver-pages-") && name !== `driver-pages-${but}`) await caches.delete(name);
};
forgetPages(document.body.dataset.person);

// So do a driver's reports: sent if they can be, and otherwise only if the driver says so.
const forgetReports = async () => {
  await Promise.race([Reports.flush(), new Promise((done) => { setTimeout(done, 5000); })]);
  const mine = await Reports.all(document.body.dataset.person);
  const unsent = mine.filter((report) => !report.refused).length;
  if (unsent && !window.confirm(document.body.dataset.unsent.replace("{n}", unsent))) return false;
  for (const report of mine) await Reports.drop(report.n);
  return true;
};
document.addEventListener("submit", async (event) => {
  if (!/\/(logout|sign-out-everywhere)\/$/.test(event.target.action)) return;
  event.preventDefault();
  const leaves = self.Reports ? await forgetReports().catch(() => true) : true;
  if (leaves) {
    await forgetPages("").catch(() => {});
    event.target.submit();
    return;
  }
  delete event.target.dataset.sent;
  if (event.submitter) event.submitter.removeAttribute("aria-busy");
});
