// Keeps the page and the model, so that both work without a network, and asks the browser to isolate the page, which
// is what lets the processor's engine use more than one thread.
//
// The page itself is kept as one set, named by the build: a new build is a new set. What belongs to the model is
// fetched, checked and kept by app/files.js; here it is only given out.

const BUILD = "$build";
const SHELL = "thimble-chat-page-" + BUILD;
const SHELL_FILES = $shell_files;
const MODEL_CACHES = $model_caches;

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll(SHELL_FILES.map((path) => new Request(new URL(path, self.registration.scope), { cache: "reload" })));
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const takeOver = async () => {
    const here = self.registration.scope;
    for (const name of await caches.keys()) {
      // Other pages of this address may keep sets of the same kind: only those of this page go.
      if (name.startsWith("thimble-chat-page-") && name !== SHELL) {
        const cache = await caches.open(name);
        const [first] = await cache.keys();
        if (first === undefined || first.url.startsWith(here)) await caches.delete(name);
      }
    }
    await self.clients.claim();
  };
  event.waitUntil(takeOver());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (!url.href.startsWith(self.registration.scope)) return;
  event.respondWith(answer(event.request, url));
});

async function answer(request, url) {
  const kept = await keptAnswer(request, url);
  const response = kept ?? (await fetch(request));
  return ["document", "worker", "script", "iframe"].includes(request.destination) ? isolated(response) : response;
}

async function keptAnswer(request, url) {
  // app/files.js fetches what is missing or of another build: that has to come from the server.
  if (request.cache === "no-store") return undefined;
  const shell = await caches.open(SHELL);
  const page = request.mode === "navigate" && url.pathname.endsWith("/") ? new URL("index.html", url) : url;
  const found = await shell.match(page, { ignoreSearch: true });
  if (found !== undefined) return found;
  for (const name of MODEL_CACHES) {
    const model = await (await caches.open(name)).match(url);
    if (model !== undefined) return model;
  }
  return undefined;
}

function isolated(response) {
  if (response.status === 0 || response.type === "opaqueredirect") return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
