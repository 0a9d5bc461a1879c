import { expect, test } from "vitest";
import { RATE, Speech } from "./speech.ts";

async function samples(speech: Speech): Promise<{ head: DataView; sound: Int16Array }> {
  const bytes = await speech.toWav().arrayBuffer();
  return { head: new DataView(bytes), sound: new Int16Array(bytes.slice(44)) };
}

/** A tone of 440 Hz as a microphone of this rate hears it, in pieces. */
function tone(rate: number, seconds: number): Float32Array[] {
  const all = Float32Array.from({ length: rate * seconds }, (_, n) =>
    Math.sin((2 * Math.PI * 440 * n) / rate),
  );
  const pieces: Float32Array[] = [];
  for (let at = 0; at < all.length; at += 4096) pieces.push(all.subarray(at, at + 4096));
  return pieces;
}

test.each([8_000, 16_000, 44_100, 48_000])("%i samples a second become 16000", async (rate) => {
  const speech = new Speech(rate);
  for (const piece of tone(rate, 2)) speech.push(piece);
  expect(Math.abs(speech.seconds - 2)).toBeLessThan(0.001);
  const { head, sound } = await samples(speech);
  const word = (at: number) =>
    String.fromCharCode(...[0, 1, 2, 3].map((n) => head.getUint8(at + n)));
  expect([word(0), word(8), word(36)]).toEqual(["RIFF", "WAVE", "data"]);
  expect(head.getUint32(24, true)).toBe(RATE);
  expect(head.getUint32(40, true)).toBe(sound.length * 2);
  expect(head.getUint32(4, true)).toBe(36 + sound.length * 2);
  let crossings = 0;
  for (let n = 1; n < sound.length; n++) {
    if ((sound[n - 1] ?? 0) < 0 && (sound[n] ?? 0) >= 0) crossings += 1;
  }
  expect(Math.abs(crossings - 880), "it is the same tone").toBeLessThan(3);
  expect(Math.max(...sound), "as loud as it was").toBeGreaterThan(31_000);
});

test("what is too loud is cut, and silence is silence", async () => {
  const speech = new Speech(RATE);
  speech.push(Float32Array.from([0, 2, -2, 0]));
  expect([...(await samples(speech)).sound]).toEqual([0, 32_767, -32_767, 0]);
  expect([new Speech(RATE).isEmpty, speech.isEmpty, speech.isFull]).toEqual([true, false, false]);
});
