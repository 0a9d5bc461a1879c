import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { refusal } from "../../test/transport.ts";
import { openWindow } from "../../test/window.tsx";
import { clearToasts } from "../components/toasts.ts";
import { closeSaved, partsOf } from "./saved.ts";

beforeEach(() => {
  closeSaved();
  clearToasts();
});

async function save(moveSaved: (path: string, folder: string, name: string) => string) {
  const shown: string[] = [];
  const { user } = await openWindow({
    hash: "#/inbox/t/t1",
    handlers: {
      saveAttachment: () => "/home/maja/Downloads/ponudba.pdf",
      moveSaved,
      showSaved: (path) => {
        shown.push(path);
        return null;
      },
    },
  });
  const [arrow] = await screen.findAllByRole("button", { name: /^Save .*pdf/i });
  await user.click(arrow as HTMLElement);
  await user.click(await screen.findByRole("button", { name: "Save as…" }));
  const dialog = await screen.findByRole("dialog", { name: "Save as" });
  const field = (name: string) => within(dialog).getByRole("textbox", { name });
  return { user, dialog, field, shown };
}

it("puts what was saved somewhere else, under another name", async () => {
  const moved: string[][] = [];
  const { user, dialog, field } = await save((...args) => {
    moved.push(args);
    return "/home/maja/Kovač/ponudba 2.pdf";
  });
  await user.clear(field("Name"));
  await user.type(field("Name"), "ponudba 2.pdf");
  await user.clear(field("Folder"));
  await user.type(field("Folder"), "~/Kovač");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(dialog.isConnected).toBe(false));
  expect(moved).toEqual([["/home/maja/Downloads/ponudba.pdf", "~/Kovač", "ponudba 2.pdf"]]);
  expect(await screen.findByText("Saved to /home/maja/Kovač/ponudba 2.pdf")).toBeTruthy();
});

it("shows its folder, and keeps what was typed when there is no such folder", async () => {
  const { user, dialog, field, shown } = await save(() => {
    throw refusal("usage", "There is no folder “~/Nikjer”. Name one that is there.");
  });
  await user.click(within(dialog).getByRole("button", { name: "Open the folder" }));
  expect(shown).toEqual(["/home/maja/Downloads/ponudba.pdf"]);
  await user.clear(field("Folder"));
  await user.type(field("Folder"), "~/Nikjer");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await within(dialog).findByText(/There is no folder “~\/Nikjer”/)).toBeTruthy();
  expect((field("Folder") as HTMLInputElement).value).toBe("~/Nikjer");
});

it.each([
  ["/home/maja/a.csv", "/home/maja", "a.csv"],
  ["/a.csv", "/", "a.csv"],
  ["C:\\Users\\maja\\a.csv", "C:\\Users\\maja", "a.csv"],
])("%s lies in %s", (path, folder, name) => {
  expect(partsOf(path)).toEqual({ folder, name });
});
