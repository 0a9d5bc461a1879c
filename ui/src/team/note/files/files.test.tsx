import { EditorView } from "@codemirror/view";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, expect, it, vi } from "vitest";
import { Crew } from "../../../../dev/crew.ts";
import { rust } from "../../../../test/transport.ts";
import { openWindow } from "../../../../test/window.tsx";
import type { NoteFileView } from "../../../api/bindings.ts";
import { insertLinks, nameOf, stamp, unfit } from "./adding.ts";
import { clockOf } from "./recording.ts";
// Loaded before the first test: what waits for the compiler says nothing about the window.
import "../../TeamSheet.tsx";

const TOMAZ = "address:tomaz@mizarstvo-kovac.example";
const SHARED = "Shared note about Tomaž Kovač";

afterEach(() => {
  Reflect.deleteProperty(globalThis, "AudioContext");
  Reflect.deleteProperty(navigator, "mediaDevices");
});

const file = (name: string, state: NoteFileView["state"], more: Partial<NoteFileView> = {}) => {
  const contentType = more.contentType ?? "application/pdf";
  const sha256 = more.sha256 ?? "cd".repeat(32);
  const size = more.size ?? 48_213;
  return {
    sha256,
    name,
    size,
    contentType,
    state,
    received: 0,
    wanted: false,
    byName: "Bor Kranjc",
    target: `kontor-file:${sha256}?size=${size}&type=${contentType}`,
    ...more,
  } satisfies NoteFileView;
};

async function openNote(files: NoteFileView[] = []) {
  const crew = new Crew();
  crew.files.push(...files);
  const links = files.map(({ name, target }) => `[${name}](${target})\n`).join("");
  const opened = await openWindow({ hash: "#/inbox/t/t1", crew });
  await screen.findByRole("article");
  await opened.user.keyboard("{Control>}t{/Control}");
  const field = await screen.findByRole("textbox", { name: SHARED });
  const view = EditorView.findFromDOM(field);
  if (view === null) throw new Error("This is no note.");
  // There is no layout here to find a place by.
  view.posAtCoords = () => view.state.doc.length;
  const text = `# Kovač\n${links}`;
  await crew.write(TOMAZ, text);
  await waitFor(() => expect(view.state.doc.toString()).toBe(text));
  const box = field.closest("section");
  if (box === null) throw new Error("A note stands in a section.");
  return { ...opened, crew, field, view, section: within(box), place: box };
}

const asked = (crew: Crew, name: string) => crew.asked.filter(([what]) => what === name);

it("adds what is dropped, names it in the note and shows it", async () => {
  const { crew, field, view } = await openNote();
  const dropped = new File(["words"], "offer.pdf", { type: "application/pdf" });
  fireEvent.drop(field, { dataTransfer: { files: [dropped], types: ["Files"] } });
  await waitFor(() => expect(view.state.doc.toString()).toContain("[offer.pdf](kontor-file:abab"));
  expect(asked(crew, "keep")).toEqual([["keep", "offer.pdf", "application/pdf", 5]]);
  await waitFor(() => expect(crew.textOf(TOMAZ)).toContain("[offer.pdf]"));
  await rust.stale({ tags: ["team"] });
  const list = await screen.findByRole("list", { name: "1 file in this note" });
  expect(within(list).getByText("5 B, not at the team yet")).toBeTruthy();
});

it("adds a pasted picture, and leaves words that bring a picture along to the editor", async () => {
  const { crew, field } = await openNote();
  const picture = new File(["x"], "image.png", { type: "image/png" });
  const paste = (words: string) =>
    fireEvent.paste(field, { clipboardData: { files: [picture], getData: () => words } });
  paste("a table");
  expect(asked(crew, "keep")).toEqual([]);
  paste("");
  await waitFor(() => expect(asked(crew, "keep")).toHaveLength(1));
  expect(asked(crew, "keep")[0]?.[1]).toMatch(/^\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/);
});

it("refuses what is empty or too large before it is read", async () => {
  const { crew, field } = await openNote();
  const large = new File(["x"], "film.mp4", { type: "video/mp4" });
  Object.defineProperty(large, "size", { value: 25 * 1024 * 1024 + 1 });
  fireEvent.drop(field, {
    dataTransfer: { files: [new File([], "empty.txt"), large], types: ["Files"] },
  });
  expect(await screen.findByText(/empty\.txt is empty/)).toBeTruthy();
  expect(await screen.findByText(/film\.mp4 is larger than 25 MB/)).toBeTruthy();
  expect(asked(crew, "keep")).toEqual([]);
});

it("says where every file is, fetches small ones by itself and large ones when asked", async () => {
  const named = (n: string) => ({ sha256: n.repeat(64) });
  const { crew, user, place } = await openNote([
    file("here.pdf", "local", named("1")),
    file("theirs.pdf", "waiting", { ...named("2"), wanted: true }),
    file("small.pdf", "remote", named("3")),
    file("large.zip", "remote", { ...named("4"), size: 20_000_000 }),
    file("coming.zip", "remote", {
      ...named("5"),
      size: 20_000_000,
      wanted: true,
      received: 10_000_000,
    }),
  ]);
  const list = within(await screen.findByRole("list", { name: "5 files in this note" }));
  expect(list.getByText(/waiting for Bor Kranjc/)).toBeTruthy();
  expect(list.getAllByText(/comes when it is opened/)).toHaveLength(2);
  expect(list.getByText(/MB of .*MB/)).toBeTruthy();
  await waitFor(() => expect(asked(crew, "want")).toHaveLength(1));
  expect(String(asked(crew, "want")[0]?.[1])).toContain("3".repeat(64));
  await user.click(list.getByRole("button", { name: /^Open.*large\.zip/ }));
  expect(String(asked(crew, "open")[0]?.[2])).toContain("4".repeat(64));
  await user.click(list.getByRole("button", { name: "Save here.pdf" }));
  expect(await screen.findByText("Saved to /home/maja/Downloads/here.pdf")).toBeTruthy();
  const { violations } = await axe.run(place, {
    rules: { "color-contrast": { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

it("shows a file by its name while nobody writes in its link", async () => {
  const { view, field } = await openNote([file("a [1].pdf", "local")]);
  expect(field.textContent).toContain("a [1].pdf");
  const target = "kontor-file:no";
  view.dispatch({ changes: { from: 0, insert: `[x](${target})\n` } });
  expect(view.dom.querySelectorAll(".note-file"), "what is none is a link as any").toHaveLength(0);
});

it("follows a file that comes", async () => {
  const { crew } = await openNote([file("photo.png", "waiting", { contentType: "image/png" })]);
  await screen.findByText(/waiting for Bor Kranjc/);
  expect(document.querySelector("img[src^='kontor-file:']")).toBeNull();
  crew.files.splice(0, 1, file("photo.png", "local", { contentType: "image/png" }));
  await rust.stale({ tags: ["team"] });
  await waitFor(() =>
    expect(document.querySelector("img[src^='kontor-file:']")?.getAttribute("src")).toBe(
      `kontor-file://localhost/${"cd".repeat(32)}?type=image/png`,
    ),
  );
});

/** A computer with a microphone that has heard a tenth of a second, once somebody listens. */
function microphone(getUserMedia: () => Promise<unknown>) {
  class Context {
    sampleRate = 16_000;
    destination = {};
    resume = () => Promise.resolve();
    close = () => Promise.resolve();
    createMediaStreamSource = () => ({ connect: () => undefined, disconnect: () => undefined });
    createScriptProcessor() {
      const ear = {
        onaudioprocess: null as ((event: unknown) => void) | null,
        connect: () => {
          const inputBuffer = { getChannelData: () => new Float32Array(1600) };
          queueMicrotask(() => ear.onaudioprocess?.({ inputBuffer }));
        },
        disconnect: () => undefined,
      };
      return ear;
    }
  }
  Object.assign(globalThis, { AudioContext: Context });
  Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia }, configurable: true });
  URL.createObjectURL = () => "blob:spoken";
  URL.revokeObjectURL = () => undefined;
}

it("records a voice note, lets it be heard, and keeps it only then", async () => {
  const stop = vi.fn();
  microphone(async () => ({ getTracks: () => [{ stop }] }));
  const { crew, user, view, section } = await openNote();
  const begin = async () => {
    await user.click(section.getByRole("button", { name: "Record a voice note" }));
    return within(await screen.findByRole("group", { name: "Voice note" }));
  };
  let box = await begin();
  expect(await box.findByText("Recording, 0:00")).toBeTruthy();
  await user.click(box.getByRole("button", { name: "Cancel" }));
  expect(screen.queryByRole("group", { name: "Voice note" })).toBeNull();
  expect([stop.mock.calls.length > 0, asked(crew, "keep")]).toEqual([true, []]);

  box = await begin();
  await user.click(await box.findByRole("button", { name: "Stop" }));
  expect((await box.findByLabelText("Voice note")).getAttribute("src")).toBe("blob:spoken");
  expect(asked(crew, "keep"), "nothing before a person says so").toEqual([]);
  await user.click(box.getByRole("button", { name: "Add to the note" }));
  await waitFor(() => expect(view.state.doc.toString()).toContain("[Voice note "));
  expect(asked(crew, "keep")[0]?.slice(2)).toEqual(["audio/wav", 44 + 3200]);
  expect(screen.queryByRole("group", { name: "Voice note" })).toBeNull();
});

it("says why a microphone cannot be used", async () => {
  microphone(() => Promise.reject(new Error("Permission denied.")));
  const { user, section } = await openNote();
  await user.click(section.getByRole("button", { name: "Record a voice note" }));
  expect((await section.findByRole("alert")).textContent).toBe(
    "The microphone cannot be used. Permission denied.",
  );
});

it("names things as people find them again", () => {
  const now = new Date(2026, 10, 22, 14, 5, 9);
  expect(stamp(now)).toBe("2026-11-22 14.05.09");
  expect(nameOf(new File([], "offer.pdf"), now)).toBe("offer.pdf");
  expect(nameOf(new File([], "image.png", { type: "image/jpeg" }), now)).toBe(
    "2026-11-22 14.05.09.jpg",
  );
  expect([unfit({ size: 0 }), unfit({ size: 1 }), unfit({ size: 26_214_401 })]).toEqual([
    "empty",
    null,
    "large",
  ]);
  expect([clockOf(7), clockOf(754)]).toEqual(["0:07", "12:34"]);
});

it("puts links on lines of their own", () => {
  const view = new EditorView({ doc: "Before after" });
  view.dispatch({ selection: { anchor: 7 } });
  insertLinks(view, [{ sha256: "", name: "a", link: "[a](kontor-file:x)" }]);
  expect(view.state.doc.toString()).toBe("Before \n[a](kontor-file:x)\nafter");
  view.destroy();
});
