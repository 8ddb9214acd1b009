// Reports that wait on the phone until the network takes them, in the order they were made. Used by the driver's
// pages and by their service worker. Each has a key of its own, so that sending one twice does no harm.
"use strict";

self.Reports = (() => {
  const STORE = "reports";
  const PATIENCE = 30_000;
  const LATER = [408, 425, 429, 502, 503, 504];
  const changes = self.BroadcastChannel ? new BroadcastChannel("aqad-reports") : null;

  const patience = () => (AbortSignal.timeout ? AbortSignal.timeout(PATIENCE) : undefined);

  const open = () => new Promise((done, fail) => {
    const asked = indexedDB.open("aqad-driver", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "n", autoIncrement: true });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });

  const within = async (mode, work) => {
    const base = await open();
    try {
      return await new Promise((done, fail) => {
        const turn = base.transaction(STORE, mode);
        const asked = work(turn.objectStore(STORE));
        turn.oncomplete = () => done(asked.result);
        turn.onabort = () => fail(turn.error);
      });
    } finally {
      base.close();
    }
  };

  const tell = () => { if (changes) changes.postMessage("changed"); };
  const all = async (driver) => (await within("readonly", (store) => store.getAll()))
    .filter((report) => !driver || report.driver === driver);
  const drop = async (n) => { await within("readwrite", (store) => store.delete(n)); tell(); };
  const put = async (report) => { await within("readwrite", (store) => store.put(report)); tell(); };
  const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  // A new report of a delivery takes the place of one that was refused.
  const add = async (report) => {
    const former = (await all(report.driver)).filter((each) => each.refused && each.delivery === report.delivery);
    for (const each of former) await drop(each.n);
    const made = { ...report, key: key(), at: new Date().toISOString() };
    await put(made);
    return made.key;
  };

  const told = async (answer) => {
    const json = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    return json ? answer.json() : null;
  };

  // Who is signed in: null when nobody of ours is, undefined while the market is out of reach.
  const who = async () => {
    try {
      const answer = await fetch("/driver/who/", { redirect: "manual", cache: "no-store", signal: patience() });
      if (answer.ok) return await told(answer);
      return answer.status >= 429 ? undefined : null;
    } catch {
      return undefined;
    }
  };

  // done, later (the market is away), stuck (this one again later), stranger (sign in first), or refused with a sentence.
  const send = async (report, token) => {
    const body = new FormData();
    for (const [name, value] of report.fields) body.append(name, value);
    body.append("key", report.key);
    body.append("driver", report.driver);
    body.append("reported_at", report.at);
    try {
      const answer = await fetch(report.url, {
        method: "POST", body, redirect: "manual", headers: { "X-CSRFToken": token }, signal: patience(),
      });
      if (answer.type === "opaqueredirect" || answer.status === 401) return { stranger: true };
      if (LATER.includes(answer.status)) return { later: true };
      if (answer.status >= 500) return { stuck: true };
      const words = await told(answer);
      if (!words && (answer.ok || answer.status === 403)) return { stranger: true };
      if (words && words.code === "other_driver") return { stranger: true };
      return answer.ok ? { done: true } : { refused: (words && words.message) || String(answer.status) };
    } catch {
      return { later: true };
    }
  };

  // In order; what one delivery waits for holds up no other one. Answers "sent", "away", or "stranger".
  const sendAll = async () => {
    if (!(await all()).some((report) => !report.refused)) return "sent";
    const me = await who();
    if (me === undefined) return "away";
    if (!me || !me.driver) return "stranger";
    const held = new Set();
    for (const report of await all(me.driver)) {
      if (report.refused) held.add(report.delivery);
      if (held.has(report.delivery)) continue;
      const outcome = await send(report, me.token);
      if (outcome.later) return "away";
      if (outcome.stranger) return "stranger";
      if (outcome.done) await drop(report.n);
      if (outcome.refused) await put({ ...report, refused: outcome.refused });
      if (!outcome.done) held.add(report.delivery);
    }
    return "sent";
  };

  const flush = () => (self.navigator.locks ? navigator.locks.request("aqad-reports", sendAll) : sendAll());

  return { all, add, drop, flush, changes };
})();
