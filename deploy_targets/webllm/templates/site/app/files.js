/**
 * The files of the model: fetched once, checked by their SHA-256, kept in the browser's Cache storage.
 *
 * A file is kept whole and checked, or not at all. So an interrupted download goes on with the files that are missing,
 * and a file that broke off in the middle goes on at that place where the server can do that.
 *
 * A file is {path, bytes, sha256, cache}: its path from the page, and the name of the cache that keeps it. WebLLM looks
 * for its files in caches of its own names and takes them from there.
 */

import { bytesInWords } from "./words.js";

const HASH_HEADER = "x-thimble-sha256";
const AT_ONCE = 3;
const TRIES = 4;
const FIRST_PAUSE_MS = 500;

/** A file arrived that is not the one this page was made with. */
export class DamagedFileError extends Error {
  name = "DamagedFileError";
}

/** The file's address. */
export function urlOf(file) {
  return new URL(file.path, document.baseURI).href;
}

/** The kept file as a Response; undefined where it is missing or of another build. */
export async function kept(file) {
  const cache = await caches.open(file.cache);
  const response = await cache.match(urlOf(file));
  return response?.headers.get(HASH_HEADER) === file.sha256 ? response : undefined;
}

/** Those of the files that are not kept yet. */
export async function missingOf(files) {
  const found = await Promise.all(files.map((file) => kept(file)));
  return files.filter((_, index) => found[index] === undefined);
}

/** The kept file's content as a Blob. */
export async function blobOf(file) {
  const response = await kept(file);
  if (response === undefined) throw new Error(`${file.path} is not kept in this browser any more. Download it again.`);
  return response.blob();
}

/** Remove the files from the browser. */
export async function forget(files) {
  for (const file of files) await (await caches.open(file.cache)).delete(urlOf(file));
}

/**
 * Fetch what is missing.
 *
 * @param files all files that are needed
 * @param onProgress told {doneBytes, allBytes, filesLeft} of what is being fetched now
 * @param signal ends it; what was finished stays
 */
export async function fetchMissing(files, { onProgress, signal }) {
  const missing = await missingOf(files);
  const allBytes = missing.reduce((sum, file) => sum + file.bytes, 0);
  const received = new Map(missing.map((file) => [file.path, 0]));
  let filesLeft = missing.length;
  const tell = () => {
    let doneBytes = 0;
    for (const bytes of received.values()) doneBytes += bytes;
    onProgress({ doneBytes, allBytes, filesLeft });
  };
  tell();
  // After a failure no further file is begun; those under way are finished, so that they need not be fetched again.
  let failed = false;
  const queue = [...missing];
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined && !failed; file = queue.shift()) {
      const { path } = file;
      try {
        const bytes = await fetchWhole(file, signal, (count) => {
          received.set(path, count);
          tell();
        });
        await check(file, bytes);
        await keep(file, bytes);
      } catch (error) {
        failed = true;
        throw error;
      }
      filesLeft -= 1;
      tell();
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, missing.length) }, worker));
  const failure = ended.find((one) => one.status === "rejected");
  if (failure !== undefined) throw signal.aborted ? signal.reason : failure.reason;
}

/** The file's bytes; goes on where it broke off, a few times. */
async function fetchWhole(file, signal, onReceived) {
  const bytes = new Uint8Array(file.bytes);
  let count = 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      count = await receive(file, bytes, count, signal, (now) => {
        count = now;
        onReceived(now);
      });
      return bytes;
    } catch (error) {
      if (signal.aborted || error instanceof DamagedFileError || error.final || attempt === TRIES) throw error;
      await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1), signal);
    }
  }
}

async function receive(file, bytes, start, signal, onReceived) {
  const headers = start > 0 ? { Range: `bytes=${start}-` } : {};
  let response;
  try {
    response = await fetch(urlOf(file), { headers, signal, cache: "no-store" });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(`${file.path} could not be fetched: the connection failed. What has arrived is kept; try again.`);
  }
  if (!response.ok) {
    const missing = new Error(
      `${file.path} could not be fetched: the server answered ${response.status}. ` +
        (response.status === 404 ? "Was the whole folder uploaded?" : "Try again later."),
    );
    missing.final = response.status >= 400 && response.status < 500;
    throw missing;
  }
  let count = response.status === 206 ? start : 0;
  const reader = response.body.getReader();
  for (;;) {
    let piece;
    try {
      piece = await reader.read();
    } catch (error) {
      if (signal.aborted) throw error;
      throw new Error(
        `${file.path} broke off after ${bytesInWords(count)} of ${bytesInWords(file.bytes)}. ` +
          "What has arrived whole is kept; try again.",
      );
    }
    if (piece.done) break;
    if (count + piece.value.length > file.bytes) {
      await reader.cancel();
      throw damaged(file, `it has more than its ${file.bytes.toLocaleString("en")} bytes`);
    }
    bytes.set(piece.value, count);
    count += piece.value.length;
    onReceived(count);
  }
  if (count < file.bytes) {
    throw new Error(
      `${file.path} ended after ${count.toLocaleString("en")} of ${file.bytes.toLocaleString("en")} bytes. ` +
        "Was the upload of the folder cut short?",
    );
  }
  return count;
}

async function check(file, bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (sha256 !== file.sha256) {
    throw damaged(file, `its SHA-256 is ${sha256.slice(0, 16)}…, and it must be ${file.sha256.slice(0, 16)}…`);
  }
}

function damaged(file, how) {
  return new DamagedFileError(
    `${file.path} is damaged: ${how}. It was refused and not kept. Upload that file to the server again, or try again.`,
  );
}

async function keep(file, bytes) {
  const cache = await caches.open(file.cache);
  const headers = {
    "Content-Type": TYPES[file.path.split(".").pop()] ?? "application/octet-stream",
    "Content-Length": String(bytes.length),
    [HASH_HEADER]: file.sha256,
  };
  try {
    await cache.put(urlOf(file), new Response(bytes, { headers }));
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error;
    throw new Error(
      `This browser has no room left for ${file.path} (${bytesInWords(file.bytes)}). Free some space, or leave the ` +
        "private window: there, browsers keep very little.",
    );
  }
}

const TYPES = { js: "text/javascript", wasm: "application/wasm", json: "application/json" };

function pause(milliseconds, signal) {
  return new Promise((done, fail) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      fail(signal.reason);
    });
  });
}
