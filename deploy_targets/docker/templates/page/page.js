/** Shows openapi.json, and tries each operation. */
const element = (id) => document.getElementById(id);

function add(parent, tag, text = "", attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  parent.append(made);
  return made;
}

const pretty = (value) => JSON.stringify(value, null, 2);

/** An example of what a schema describes: enough for a person to go on with. */
function example(schema, schemas) {
  const found = schema.$ref ? schemas[schema.$ref.split("/").pop()] : schema;
  if (found.anyOf) {
    return example(found.anyOf[0], schemas);
  }
  if (found.type === "object") {
    const members = Object.entries(found.properties).map(([name, value]) => [name, example(value, schemas)]);
    return Object.fromEntries(members);
  }
  if (found.type === "array") {
    return Array.from({ length: found.minItems ?? 1 }, () => example(found.items, schemas));
  }
  return found.enum?.[0] ?? found.const ?? { string: "", boolean: false }[found.type] ?? 0;
}

const TYPES = { wav: "audio/wav", csv: "text/csv", json: "application/json" };

async function send(method, path, body, type) {
  const headers = body === null ? {} : { "Content-Type": type };
  const response = await fetch(path, { method: method.toUpperCase(), body, headers });
  return `${response.status} ${response.statusText}\n${pretty(await response.json())}`;
}

function addTrial(article, method, path, operation, schemas) {
  const form = add(article, "form");
  let file = null;
  let text = null;
  if (operation.requestBody) {
    const body = operation.requestBody.content["application/json"].schema;
    text = add(add(form, "label", "JSON"), "textarea", "", { spellcheck: "false" });
    text.value = pretty(example(body, schemas));
    file = add(add(form, "label", "or a file: WAV, CSV or JSON"), "input", "", {
      type: "file",
      accept: ".wav,.csv,.json",
    });
  }
  add(form, "button", "Send", { type: "submit", "aria-label": `Send ${method.toUpperCase()} ${path}` });
  const result = add(form, "pre", "", { role: "status", tabindex: "0", "aria-label": "Answer", hidden: "" });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = file?.files[0] ?? null;
    const type = TYPES[chosen?.name.split(".").pop().toLowerCase() ?? "json"] ?? "application/octet-stream";
    try {
      result.textContent = await send(method, path, chosen ?? text?.value ?? null, type);
    } catch (error) {
      result.textContent = `The server does not answer: ${error.message}`;
    }
    result.hidden = false;
  });
}

function addOperation(method, path, operation, schemas) {
  const article = add(element("operations"), "article");
  const title = add(article, "h2");
  add(title, "span", method.toUpperCase(), { class: "method" });
  add(title, "code", path);
  add(title, "span", operation.summary);
  if (operation.description) {
    add(article, "p", operation.description, { class: "quiet" });
  }
  if (operation.requestBody) {
    add(article, "h3", "Body");
    const types = Object.keys(operation.requestBody.content);
    add(article, "p", types.join(", "));
  }
  add(article, "h3", "Answers");
  const list = add(article, "dl");
  for (const [status, { description, content }] of Object.entries(operation.responses)) {
    add(list, "dt", status);
    const name = content["application/json"].schema.$ref.split("/").pop();
    add(add(list, "dd", `${description} `), "a", name, { href: `#${name}` });
  }
  add(article, "h3", "Try it");
  addTrial(article, method, path, operation, schemas);
}

const described = await (await fetch("openapi.json")).json();
document.title = `${described.info.title}: API`;
element("title").textContent = described.info.title;
element("description").textContent = described.info.description;
const { schemas } = described.components;
for (const [path, methods] of Object.entries(described.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    addOperation(method, path, operation, schemas);
  }
}
for (const [name, schema] of Object.entries(schemas)) {
  const details = add(element("schemas"), "details", "", { id: name });
  add(details, "summary", name);
  add(details, "pre", pretty(schema), { tabindex: "0" });
}
// A link to a schema opens it.
const openTarget = () => {
  const target = element(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
  }
};
addEventListener("hashchange", openTarget);
openTarget();
document.body.dataset.ready = "yes";
