import { Speech } from "./speech.ts";

/**
 * A microphone that is on.
 *
 * Sound is taken from Web Audio and kept as WAV: the web view of Linux has no MediaRecorder without codecs nobody may count
 * on, and what each system's recorder makes is not played on every other. A minute of WAV at 16 kHz is 2 MB and is.
 */
export type Recording = {
  /** Ends it; `sound` has what was said. */
  stop: () => void;
  /** Ends it, and nothing of it is left. */
  cancel: () => void;
  /** What was said; null after `cancel`. */
  sound: Promise<Blob | null>;
};

/** Samples that come at a time: a tenth of a second. */
const PIECE = 4096;

/** Whether this web view can record at all. */
export function canRecord(): boolean {
  return navigator.mediaDevices?.getUserMedia !== undefined && typeof AudioContext !== "undefined";
}

/** Asks for the microphone and records; `onTime` hears the seconds as they pass. */
export async function record(onTime: (seconds: number) => void): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const off = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    const context = new AudioContext();
    await context.resume();
    return taken(context, stream, off, onTime);
  } catch (error) {
    off();
    throw error;
  }
}

function taken(
  context: AudioContext,
  stream: MediaStream,
  off: () => void,
  onTime: (seconds: number) => void,
): Recording {
  const speech = new Speech(context.sampleRate);
  // An audio worklet would be another script to load; this one all web views have.
  const ear = context.createScriptProcessor(PIECE, 1, 1);
  const source = context.createMediaStreamSource(stream);
  let end: (sound: Blob | null) => void = () => undefined;
  let ended = false;
  const finish = (kept: boolean) => {
    if (ended) return;
    ended = true;
    ear.onaudioprocess = null;
    source.disconnect();
    ear.disconnect();
    off();
    context.close().catch(() => undefined);
    end(kept && !speech.isEmpty ? speech.toWav() : null);
  };
  const sound = new Promise<Blob | null>((resolve) => {
    end = resolve;
  });
  ear.onaudioprocess = ({ inputBuffer }) => {
    speech.push(inputBuffer.getChannelData(0));
    onTime(Math.floor(speech.seconds));
    // What is said after that would be lost with all before it.
    if (speech.isFull) finish(true);
  };
  source.connect(ear);
  ear.connect(context.destination);
  return { stop: () => finish(true), cancel: () => finish(false), sound };
}

/** 0:07, 12:34. */
export function clockOf(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
