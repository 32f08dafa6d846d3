/** Windows of the test recordings, to try the model without a sensor. */
import { metadata } from "../index.js";

const windowFloats = metadata.windowLength * metadata.channels.length;

/** A button for each; `chosen(samples, label)` gives what a click does. */
export async function addExamples(chosen) {
  const [{ labels }, numbers] = await Promise.all([
    fetched("examples.json").then((response) => response.json()),
    fetched("examples.f32").then((response) => response.arrayBuffer()),
  ]);
  labels.forEach((label, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    const samples = new Float32Array(numbers, 4 * i * windowFloats, windowFloats);
    button.addEventListener("click", chosen(samples, label));
    document.getElementById("examples").append(button);
  });
}

async function fetched(name) {
  const response = await fetch(new URL(name, import.meta.url));
  if (!response.ok) {
    throw new Error(`${name} answered ${response.status}`);
  }
  return response;
}
