/** The microphone, at the model's rate. */
import { createAudioNode } from "../index.js";

const REASONS = {
  NotAllowedError: "The microphone was not allowed. Allow it in the browser’s site settings, and try again.",
  NotFoundError: "There is no microphone on this device. Plug one in, or open a recording.",
  NotReadableError: "The microphone is in use by another program. Close that, and try again.",
};
const AS_IT_IS = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** Hands over samples as they come; gives what stops it. */
export async function listen(onSamples) {
  const media = await navigator.mediaDevices.getUserMedia({ audio: AS_IT_IS }).catch((error) => {
    throw new Error(REASONS[error.name] ?? `The microphone cannot be used: ${error.message}.`);
  });
  const context = new AudioContext();
  const stop = () => {
    for (const track of media.getTracks()) {
      track.stop();
    }
    context.close();
  };
  try {
    const node = await createAudioNode(context, { onSamples });
    context.createMediaStreamSource(media).connect(node);
    await context.resume();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}
