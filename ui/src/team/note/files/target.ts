/** A file as a note's link names it; the twin of `NoteFile` in crates/protocol, held to the same table of cases. */
export type FileTarget = { sha256: string; size: number; type: string; by: string | null };

/** Largest file a note may have, bytes. */
export const MAX_FILE_BYTES = 25 * 1024 * 1024;

const HALF = "[a-z0-9][a-z0-9.+-]{0,63}";
const ID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}";
const TARGET = new RegExp(
  `^kontor-file:([0-9a-f]{64})\\?size=([1-9][0-9]{0,8})&type=(${HALF}/${HALF})(?:&by=(${ID}))?$`,
);

/** Reads a link's target; null for anything that is not written exactly so. */
export function fileTarget(href: string): FileTarget | null {
  const [, sha256, digits, type, by = null] = TARGET.exec(href) ?? [];
  if (sha256 === undefined || type === undefined) return null;
  const size = Number(digits);
  return size <= MAX_FILE_BYTES ? { sha256, size, type, by } : null;
}

const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const SOUNDS = new Set([
  "audio/webm",
  "audio/ogg",
  "audio/mpeg",
  "audio/mp4",
  "audio/wav",
  "audio/x-wav",
  "audio/aac",
  "audio/flac",
]);

/** How a file is shown besides its name: the window's door for files answers no other types. */
export function shownAs(type: string): "picture" | "sound" | null {
  if (PICTURES.has(type)) return "picture";
  return SOUNDS.has(type) ? "sound" : null;
}

/** Where the window finds the bytes of a file that is here. */
export const fileAddress = (sha256: string, type: string) =>
  `kontor-file://localhost/${sha256}?type=${type}`;
