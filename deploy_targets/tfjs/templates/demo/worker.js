/** Keeps every file of the page, under one name for each build, and answers from there first. */
const FILES = $files;
const PREFIX = `thimble ${self.registration.scope} `;
const NAME = `${PREFIX}$version`;

self.addEventListener("install", (event) => {
  const fresh = FILES.map((file) => new Request(new URL(file, self.location), { cache: "reload" }));
  event.waitUntil(
    caches
      .open(NAME)
      .then((cache) => cache.addAll(fresh))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(PREFIX) && name !== NAME;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") {
    return;
  }
  const kept = caches
    .open(NAME)
    .then((cache) => cache.match(event.request, { ignoreSearch: event.request.mode === "navigate" }));
  event.respondWith(kept.then((response) => response ?? fetch(event.request)));
});
