// A driver's pages go on without the network: reports are kept and sent when it is back, stops stay readable.
"use strict";

(async () => {
  const me = document.body.dataset.person;
  const panel = document.getElementById("waiting");
  const words = JSON.parse(document.getElementById("driver-words").textContent);
  const home = panel.dataset.home;
  const AGAIN = 15_000;
  const PATIENCE = 8_000;
  const OLD = 60_000;
  const TOLD = "aqad-told";

  try { await Reports.all(); } catch { return; }  // no room to keep anything: forms go the plain way

  const el = (name, text, css) => Object.assign(document.createElement(name), { textContent: text, className: css || "" });
  const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", numberingSystem: "latn", hour12: false });
  const live = (reports) => reports.filter((report) => !report.refused);

  // --- what waits ---------------------------------------------------------------------------------

  const row = (report) => {
    const line = el("li", "");
    line.append(el("strong", `${report.delivery} · ${words.labels[report.move] || report.move}`), el("span", `${clock(report.at)} · ${report.refused ? words.refused : words.waiting}`));
    if (!report.refused) return line;
    line.className = "is-refused";
    const remove = el("button", words.remove, "btn");
    remove.type = "button";
    remove.addEventListener("click", async () => { await Reports.drop(report.n); send(); });
    line.append(el("p", report.refused), remove);
    return line;
  };

  // Each stop as it will be once what waits has arrived.
  const goOn = (stop, reports) => {
    const ours = live(reports).filter((report) => report.delivery === stop.dataset.stop);
    const status = ours.length ? ours[ours.length - 1].to : stop.dataset.status;
    stop.querySelectorAll("[data-from]").forEach((step) => { step.hidden = !step.dataset.from.split(" ").includes(status); });
    stop.querySelectorAll("[data-kept]").forEach((mark) => {
      mark.hidden = !ours.length;
      mark.textContent = ours.length ? `${words.labels[ours[ours.length - 1].move]} · ${words.waiting}` : "";
    });
  };

  const draw = async () => {
    const reports = await Reports.all(me);
    const others = (await Reports.all()).length > reports.length;
    panel.querySelector("[data-list]").replaceChildren(...reports.map(row));
    panel.querySelector("[data-count]").textContent = `${words.count}: ${live(reports).length}`;
    panel.querySelector("[data-send]").hidden = !live(reports).length;
    panel.querySelector("[data-others]").hidden = !others;
    panel.hidden = !reports.length && !others;
    document.querySelectorAll("[data-stop]").forEach((stop) => goOn(stop, reports));
  };

  const note = (part, shown) => { document.querySelector(`[data-note="${part}"]`).hidden = !shown; };
  const look = () => note("away", !navigator.onLine || Date.now() - Date.parse(panel.dataset.now) > OLD);

  let sending = null;
  const send = () => {
    sending = sending || Reports.flush().then(async (outcome) => {
      sending = null;
      note("sign-in", outcome === "stranger");
      await draw();
      return outcome;
    });
    return sending;
  };

  const filled = () => [...document.querySelectorAll("[data-report] :is(input, textarea)")].some((field) => field.value !== field.defaultValue);

  // What was sent meanwhile makes this page old; it is read anew unless something is filled in.
  const renew = async () => {
    const before = live(await Reports.all(me)).length;
    const outcome = await send();
    if (before && outcome === "sent" && !live(await Reports.all(me)).length && !filled()) location.reload();
  };

  // --- reporting ----------------------------------------------------------------------------------

  // A photo as large as it is kept in the end; a phone's own would be ten times that.
  const small = async (photo) => {
    try {
      const drawn = await createImageBitmap(photo, { imageOrientation: "from-image" });
      const scale = Math.min(1, 1200 / Math.max(drawn.width, drawn.height));
      const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(drawn.width * scale), height: Math.round(drawn.height * scale) });
      canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
      const body = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
      return body && (body.size < photo.size || photo.size > 1_000_000) ? new File([body], "photo.jpg", { type: body.type }) : photo;
    } catch {
      return photo;
    }
  };

  const fieldsOf = async (form, button) => {
    const fields = [];
    for (const [name, value] of new FormData(form, button)) {
      if (name === "csrfmiddlewaretoken" || (value instanceof File && !value.size)) continue;
      fields.push([name, value instanceof File ? await small(value) : value]);
    }
    return fields;
  };

  const inBackground = async () => {
    try { await (await navigator.serviceWorker.ready).sync.register("reports"); } catch { /* page and timer will do */ }
  };

  const refused = async (form, report) => {
    const problem = form.querySelector("[data-problem]");
    if (!problem) return panel.scrollIntoView({ block: "center" });
    problem.querySelector(".alert-body").textContent = report.refused;
    problem.hidden = false;
    problem.scrollIntoView({ block: "center" });
    await Reports.drop(report.n);
    return draw();
  };

  const finish = async (form, key, outcome) => {
    const kept = (await Reports.all(me)).find((report) => report.key === key);
    if (kept && kept.refused) return refused(form, kept);
    if (kept && outcome === "stranger") return null;
    const controlled = navigator.serviceWorker && navigator.serviceWorker.controller;
    sessionStorage.setItem(TOLD, `${form.dataset.delivery}: ${words.labels[form.dataset.move]} · ${kept ? words.waiting : words.sent}`);
    if (kept && !controlled) return saidBefore().then(draw);
    if (form.dataset.then) return location.assign(form.dataset.then);
    if (!kept) document.querySelectorAll(`[data-stop="${form.dataset.delivery}"]`).forEach((stop) => { stop.dataset.status = form.dataset.to; });
    return kept || filled() ? saidBefore().then(draw) : location.reload();
  };

  const report = async (form, button) => {
    form.setAttribute("aria-busy", "true");
    if (button) button.setAttribute("aria-busy", "true");
    const problem = form.querySelector("[data-problem]");
    if (problem) problem.hidden = true;
    try {
      const { delivery, move, to } = form.dataset;
      const key = await Reports.add({ driver: me, delivery, move, to, url: new URL(form.action).pathname, fields: await fieldsOf(form, button) });
      await draw();
      inBackground();
      if (navigator.storage && navigator.storage.persist) navigator.storage.persist();  // or a full phone may throw it away
      const patience = new Promise((done) => { setTimeout(done, PATIENCE); });
      if (sending) await Promise.race([sending, patience]);
      await finish(form, key, await Promise.race([send(), patience]));
    } finally {
      form.removeAttribute("aria-busy");
      if (button) button.removeAttribute("aria-busy");
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-report]")) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") report(form, event.submitter);
  });

  const saidBefore = async () => {
    const told = sessionStorage.getItem(TOLD);
    sessionStorage.removeItem(TOLD);
    if (!told) return;
    const notice = document.querySelector('[data-note="told"]');
    notice.querySelector(".alert-body").textContent = told;
    notice.hidden = false;
  };

  // --- reading without the network ------------------------------------------------------------------

  const shell = panel.dataset.shell;
  const keepOne = async (cache, path, version) => {
    const name = `${path}?v=${shell}-${document.documentElement.lang}-${version}`;
    if (version && await cache.match(name, { ignoreVary: true })) return name;
    const answer = await fetch(path, { redirect: "manual" });
    const mine = answer.ok && (await answer.clone().text()).includes(`data-person="${me}"`);
    if (mine) { await cache.delete(path, { ignoreSearch: true }); await cache.put(name, answer); }
    return name;
  };

  const keep = async () => {
    if (!window.caches || !navigator.onLine) return;
    const cache = await caches.open(`driver-pages-${me}`);
    const stops = [...document.querySelectorAll("[data-stop]")];
    const names = new Set([new URL(await keepOne(cache, home, ""), location.href).href]);
    for (const stop of stops) names.add(new URL(await keepOne(cache, stop.dataset.page, stop.dataset.version), location.href).href);
    if (location.pathname !== home) return;
    for (const request of await cache.keys()) if (!names.has(request.url)) await cache.delete(request);
  };

  if (navigator.serviceWorker) navigator.serviceWorker.register(panel.dataset.worker, { scope: home }).catch(() => {});
  panel.querySelector("[data-send]").addEventListener("click", renew);
  window.addEventListener("online", () => { look(); renew(); });
  window.addEventListener("offline", look);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(); });
  if (Reports.changes) Reports.changes.addEventListener("message", draw);
  setInterval(() => { look(); if (!panel.hidden) renew(); }, AGAIN);

  look();
  await saidBefore();
  await draw();
  await renew();
  keep().catch(() => {});
})();
