/*
 * node run_tfjs.cjs PACKAGES FOLDER: runs models with TensorFlow.js of the folder of npm packages.
 *
 * FOLDER holds a folder for each model: graph/, layers/ and input.f32. Leaves graph.f32 and layers.f32, what each gives
 * to that input, and trained.json, the losses of some steps of training with the layers model.
 */
const { readFileSync, readdirSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const [packages, folder] = process.argv.slice(2);
const tf = createRequire(`${packages}/here.js`)("@tensorflow/tfjs");
const bytesOf = (path) => Uint8Array.from(readFileSync(path)).buffer;

function fromFiles(place) {
  const { weightsManifest, ...artifacts } = JSON.parse(readFileSync(`${place}/model.json`, "utf8"));
  return tf.io.fromMemory({
    ...artifacts,
    weightSpecs: weightsManifest[0].weights,
    weightData: bytesOf(`${place}/${weightsManifest[0].paths[0]}`),
  });
}

async function train(model, input) {
  model.compile({ optimizer: tf.train.adam(0.02), loss: "categoricalCrossentropy" });
  const classes = model.outputs[0].shape[1];
  const labels = tf.oneHot(tf.range(0, input.shape[0]).mod(classes).toInt(), classes);
  const losses = [];
  for (let step = 0; step < 8; step++) {
    losses.push(await model.trainOnBatch(input, labels));
  }
  return losses;
}

async function main() {
  await tf.setBackend("cpu");
  for (const name of readdirSync(folder)) {
    const place = `${folder}/${name}`;
    const graph = await tf.loadGraphModel(fromFiles(`${place}/graph`));
    const layers = await tf.loadLayersModel(fromFiles(`${place}/layers`));
    const shape = graph.inputs[0].shape.slice(1);
    const input = tf.tensor(new Float32Array(bytesOf(`${place}/input.f32`))).reshape([-1, ...shape]);
    writeFileSync(`${place}/graph.f32`, graph.predict(input).dataSync());
    writeFileSync(`${place}/layers.f32`, layers.predict(input).dataSync());
    writeFileSync(`${place}/trained.json`, JSON.stringify(await train(layers, input)));
  }
}

main();
