import { MAX_FILE_BYTES } from "./target.ts";

/** Samples a second that are kept: what speech needs, 32 kB a second. */
export const RATE = 16_000;
/** Of a WAV file before its samples, bytes. */
const HEAD = 44;
/** Samples a file may have. */
export const MOST = (MAX_FILE_BYTES - HEAD) / 2;

/** Collects what a microphone says, at its own rate, as samples of a WAV file. */
export class Speech {
  private readonly parts: Int16Array[] = [];
  private readonly step: number;
  private samples = 0;
  private sum = 0;
  private weight = 0;

  constructor(rate: number) {
    this.step = rate / RATE;
  }

  get seconds(): number {
    return this.samples / RATE;
  }

  get isFull(): boolean {
    return this.samples >= MOST;
  }

  get isEmpty(): boolean {
    return this.samples === 0;
  }

  /** Each kept sample is the mean of those it stands for, parts of them by their share. */
  push(sound: Float32Array): void {
    const kept: number[] = [];
    for (const sample of sound) {
      let rest = 1;
      while (rest > 0) {
        const share = Math.min(rest, this.step - this.weight);
        this.sum += sample * share;
        this.weight += share;
        rest -= share;
        if (this.weight >= this.step - 1e-9) {
          const mean = Math.max(-1, Math.min(1, this.sum / this.weight));
          kept.push(Math.round(mean * 32_767));
          this.sum = 0;
          this.weight = 0;
        }
        if (rest < 1e-9) rest = 0;
      }
    }
    const room = Int16Array.from(kept.slice(0, Math.max(0, MOST - this.samples)));
    this.parts.push(room);
    this.samples += room.length;
  }

  /** RIFF WAVE, one channel of 16 bits. */
  toWav(): Blob {
    const head = new DataView(new ArrayBuffer(HEAD));
    const words = (at: number, text: string) => {
      for (let n = 0; n < text.length; n++) head.setUint8(at + n, text.charCodeAt(n));
    };
    const bytes = this.samples * 2;
    words(0, "RIFF");
    head.setUint32(4, HEAD - 8 + bytes, true);
    words(8, "WAVEfmt ");
    head.setUint32(16, 16, true);
    head.setUint16(20, 1, true);
    head.setUint16(22, 1, true);
    head.setUint32(24, RATE, true);
    head.setUint32(28, RATE * 2, true);
    head.setUint16(32, 2, true);
    head.setUint16(34, 16, true);
    words(36, "data");
    head.setUint32(40, bytes, true);
    const data = new DataView(new ArrayBuffer(bytes));
    let at = 0;
    for (const part of this.parts) {
      for (const sample of part) {
        data.setInt16(at, sample, true);
        at += 2;
      }
    }
    return new Blob([head.buffer, data.buffer], { type: "audio/wav" });
  }
}
