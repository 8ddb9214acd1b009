// The service worker of the driver's pages: their shell from the phone, the pages themselves from the network, and
// from what this driver's phone kept while there is none. Pages are kept by the page itself (driver.js), under the
// name of the driver; SHELL is written above this file.
"use strict";

const SHELL_CACHE = `driver-shell-${SHELL.version}`;
const PAGES = "driver-pages-";
const PATIENCE = 6_000;

const drop = async (unwanted) => {
  for (const name of await caches.keys()) if (unwanted(name)) await caches.delete(name);
};

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(SHELL_CACHE).then((cache) => Promise.allSettled(SHELL.files.map((file) => cache.add(file)))));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(drop((name) => name.startsWith("driver-shell-") && name !== SHELL_CACHE).then(() => self.clients.claim()));
});

const kept = async (path) => {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PAGES)) continue;
    const found = await (await caches.open(name)).match(path, { ignoreSearch: true, ignoreVary: true });
    if (found) return found;
  }
  return null;
};

const away = () => new Response(SHELL.away, { status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" } });

// Being led elsewhere or turned away means that whoever was signed in is no longer: nothing of theirs stays readable.
const fromNetwork = async (request) => {
  const answer = await fetch(request);
  if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) await drop((name) => name.startsWith(PAGES));
  return answer;
};

// A network that hardly works counts as none, if there is something to show instead.
const page = async (request) => {
  const path = new URL(request.url).pathname;
  const asked = fromNetwork(request).catch(async () => (await kept(path)) || away());
  const slow = new Promise((done) => { setTimeout(done, PATIENCE); }).then(() => kept(path));
  return (await Promise.race([asked, slow])) || asked;
};

const file = async (request) => (await caches.match(request, { ignoreVary: true })) || fetch(request);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname.startsWith(SHELL.home)) event.respondWith(page(request));
  else if (SHELL.files.includes(url.pathname)) event.respondWith(file(request));
});

// The phone found the network again while no page is open. What is left makes it try again later.
self.addEventListener("sync", (event) => {
  if (event.tag !== "reports") return;
  event.waitUntil(Reports.flush().then((outcome) => { if (outcome === "away") throw new Error("still away"); }));
});
