/** Recordings from files: sound of any format that the browser knows, or rows of comma-separated numbers. */
import { metadata } from "../index.js";

const channelCount = metadata.channels.length;

/** @returns {Promise<Float32Array>} samples, filled up with zeros to one window where they are fewer. */
export async function readRecording(file) {
  const isText = /\.(csv|tsv|txt)$/i.test(file.name) || file.type.startsWith("text/");
  if (!isText && !metadata.isSound) {
    throw new Error(`${file.name} is no CSV file: open one with the columns ${metadata.channels.join(", ")}.`);
  }
  const samples = isText ? numbersOf(await file.text()) : await soundOf(file);
  const least = metadata.windowLength * channelCount;
  if (samples.length === 0) {
    throw new Error(`${file.name} holds no samples.`);
  }
  if (samples.length >= least) {
    return samples;
  }
  const filled = new Float32Array(least);
  filled.set(samples);
  return filled;
}

async function soundOf(file) {
  const context = new OfflineAudioContext(1, 1, metadata.sampleRateHz);
  const sound = await context.decodeAudioData(await file.arrayBuffer()).catch(() => {
    throw new Error(`${file.name} is no sound that this browser can read: open a WAV file.`);
  });
  const mixed = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    const values = sound.getChannelData(channel);
    for (let i = 0; i < mixed.length; i++) {
      mixed[i] += values[i] / sound.numberOfChannels;
    }
  }
  return mixed;
}

/** Columns by their names in a first row; without one, in the model's order, after a column of times if there is one. */
function numbersOf(text) {
  const rows = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(/[,;\t]|\s+/).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")));
  const hasNames = rows.length > 0 && rows[0].some((cell) => cell === "" || !Number.isFinite(Number(cell)));
  const names = hasNames ? rows.shift() : null;
  const columns = names === null ? columnsWithoutNames(rows) : columnsOf(names);
  const samples = new Float32Array(rows.length * channelCount);
  rows.forEach((row, i) => {
    columns.forEach((column, channel) => {
      const cell = row[column] ?? "";
      const value = cell === "" ? Number.NaN : Number(cell);
      if (!Number.isFinite(value)) {
        const place = `row ${i + 1 + (hasNames ? 1 : 0)}, column ${column + 1}`;
        throw new Error(`${place}: “${cell}” is no number.`);
      }
      samples[i * channelCount + channel] = value;
    });
  });
  return samples;
}

function columnsOf(names) {
  return metadata.channels.map((channel) => {
    const column = names.findIndex((name) => name.toLowerCase() === channel.toLowerCase());
    if (column < 0) {
      throw new Error(`There is no column “${channel}”; there are ${names.join(", ")}.`);
    }
    return column;
  });
}

function columnsWithoutNames(rows) {
  const width = rows[0]?.length ?? 0;
  if (rows.length > 0 && width !== channelCount && width !== channelCount + 1) {
    throw new Error(`The rows have ${width} columns; the model reads ${channelCount}: ${metadata.channels.join(", ")}.`);
  }
  return metadata.channels.map((_, channel) => channel + width - channelCount);
}
