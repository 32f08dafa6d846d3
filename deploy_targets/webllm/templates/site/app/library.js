const STAMPS = "thimble-library-stamps";

/**
 * The compiled model library of WebLLM: in the page since it was built, or put beside it later.
 *
 * @returns {found: {file, path, bytes, sha256, runtime_version}} or {words: why there is none that fits}
 */
export async function findLibrary(config) {
  const needs = config.engines.webllm;
  if (!needs) return { words: "This page was made without WebLLM." };
  const path = `model/lib/${needs.library_name}`;
  const stamp = needs.library ?? (await stampBeside(path));
  if (stamp === null) {
    return {
      words:
        `WebLLM needs the model compiled for the graphics card, and this page carries no such file: ${path} and its stamp ` +
        `${path}.json are missing. Build the page again with one (README, "The compiled model library").`,
    };
  }
  const lacking = ["bytes", "sha256", "runtime_version"].filter((name) => stamp[name] === undefined);
  if (lacking.length > 0) return { words: `${path}.json says nothing of ${lacking.join(", ")}; it is no stamp of a library.` };
  if (stamp.runtime_version !== needs.runtime_version) {
    return {
      words:
        `${path} was compiled for TVM runtime ${stamp.runtime_version}; this page's WebLLM ${needs.web_llm_version} speaks ` +
        `${needs.runtime_version}. Compile it again for that runtime.`,
    };
  }
  return { found: { file: needs.library_name, path, ...stamp } };
}

// Asked for anew each time, as a library may be put there later; kept for when there is no network.
async function stampBeside(path) {
  const url = new URL(`${path}.json`, document.baseURI).href;
  try {
    const response = await fetch(url, { cache: "no-cache" });
    if (!response.ok) return null;
    await (await caches.open(STAMPS)).put(url, response.clone());
    return stampIn(await response.json());
  } catch {
    const response = await caches.match(url, { cacheName: STAMPS });
    return response === undefined ? null : stampIn(await response.json());
  }
}

function stampIn(content) {
  return content.present ? content : null;
}
