/** Has the browser keep all files of the page, so that it opens without a network from then on. */

/** @param {HTMLElement} place where it is told once they are kept. */
export async function keepOffline(place) {
  if (!("serviceWorker" in navigator)) {
    return;
  }
  try {
    await navigator.serviceWorker.register(new URL("./worker.js", import.meta.url));
    await navigator.serviceWorker.ready;
    place.textContent = "Kept on this device: the page opens without a network.";
    document.body.dataset.offline = "yes";
  } catch {
    // A browser that keeps nothing, as in a private window, still shows the page.
    place.textContent = "This browser does not keep the page: it needs the network each time.";
  }
}
