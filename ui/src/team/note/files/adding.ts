import type { EditorView } from "@codemirror/view";
import type { KeptNoteFile, NewNoteFile } from "../../../api/bindings.ts";
import { MAX_FILE_BYTES } from "./target.ts";

/** Why a file is not taken, before anything is read. */
export type Unfit = "empty" | "large";

export function unfit(file: Pick<Blob, "size">): Unfit | null {
  if (file.size === 0) return "empty";
  return file.size > MAX_FILE_BYTES ? "large" : null;
}

/** Reads a file as the door wants it. */
export async function toKeep(file: Blob, name: string): Promise<NewNoteFile> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error(name));
    reader.readAsDataURL(file);
  });
  return { name, contentType: file.type, data: url.slice(url.indexOf(",") + 1) };
}

/** A pasted picture has no name of its own that says anything. */
export function nameOf(file: File, now: Date): string {
  if (file.name !== "" && !/^image\.(?:png|jpe?g)$/.test(file.name)) return file.name;
  const end = /^image\/(png|jpeg|gif|webp)$/.exec(file.type)?.[1] ?? "png";
  return `${stamp(now)}.${end === "jpeg" ? "jpg" : end}`;
}

/** 2026-11-22 14.05.09, by the clock on the wall. */
export function stamp(now: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  return `${day} ${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(".")}`;
}

/** Names kept files where the caret is, on lines of their own. */
export function insertLinks(view: EditorView, kept: readonly KeptNoteFile[]): void {
  if (kept.length === 0) return;
  const { from, to } = view.state.selection.main;
  const before = view.state.doc.lineAt(from).text.slice(0, from - view.state.doc.lineAt(from).from);
  const lines = kept.map(({ link }) => `${link}\n`).join("");
  const insert = `${before.trim() === "" ? "" : "\n"}${lines}`;
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: from + insert.length },
    userEvent: "input.file",
    scrollIntoView: true,
  });
}
