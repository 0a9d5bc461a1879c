import { EditorView } from "@codemirror/view";
import { screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import { Crew } from "../../dev/crew.ts";
import { screenWidth } from "../../test/setup.ts";
import { type Handlers, refusal, rust } from "../../test/transport.ts";
import { openWindow } from "../../test/window.tsx";
// Loaded before the first test: what waits for the compiler says nothing about the window.
import "./TeamSheet.tsx";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });

const TOMAZ = "address:tomaz@mizarstvo-kovac.example";
const sheet = () => screen.findByRole("dialog", { name: "Team" });
const button = () => screen.findByRole("button", { name: /^Team/ });

async function openTeam(tab: string | null = null, crew = new Crew(), handlers: Handlers = {}) {
  const opened = await openWindow({ hash: "#/inbox/t/t1", crew, handlers });
  await screen.findByRole("article");
  await opened.user.keyboard("{Control>}t{/Control}");
  const box = within(await sheet());
  if (tab !== null) await opened.user.click(await box.findByRole("tab", { name: tab }));
  return { ...opened, box };
}

/** The editor of a note, as CodeMirror knows it. */
async function noteEditor(name: string): Promise<EditorView> {
  const field = await screen.findByRole("textbox", { name });
  const view = EditorView.findFromDOM(field);
  if (view === null) throw new Error(`${name} is no note.`);
  return view;
}

const SHARED = "Shared note about Tomaž Kovač";

it("asks nothing but its state until it is opened", async () => {
  const crew = new Crew();
  const asked: string[] = [];
  const all = crew.handlers();
  const handlers = Object.fromEntries(
    Object.entries(all).map(([name, handler]) => [
      name,
      (...args: never[]) => {
        asked.push(name);
        return (handler as (...given: never[]) => unknown)(...args);
      },
    ]),
  ) as Handlers;
  await openWindow({ handlers });
  expect((await screen.findByRole("button", { name: "Team, 3 unread" })).textContent).toBe("3");
  const told = new Set(asked.filter((name) => name !== "teamLookingAt" && name !== "teamCaret"));
  expect(told, "a badge needs one number").toEqual(new Set(["teamOverview"]));
});

it("opens with Ctrl+T and gives the focus back with Escape", async () => {
  const { user } = await openTeam();
  const tab = await screen.findByRole("tab", { name: "Customer" });
  await waitFor(() => expect(document.activeElement, "where one goes on").toBe(tab));
  expect(screen.queryByRole("button", { name: /^Team, / }), "it became the sheet").toBeNull();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(document.activeElement, "focus returns to the button").toBe(await button());
  expect(JSON.parse(localStorage.getItem("kontor.team") ?? "{}").open, "remembered").toBe(false);
});

it("works while one writes, and its keys do not leave it", async () => {
  const { user } = await openTeam();
  (await noteEditor(SHARED)).focus();
  await user.keyboard("{Control>}t{/Control}");
  await waitFor(() => expect(screen.queryByRole("dialog"), "closed from within").toBeNull());
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox"), "Team panel{Enter}");
  expect(await sheet(), "the palette knows it, too").toBeTruthy();
});

it("moves to another corner with the arrow keys and stays there", async () => {
  const { user } = await openWindow({ crew: new Crew() });
  const team = await button();
  team.focus();
  await user.keyboard("{ArrowUp}{ArrowLeft}");
  expect(team.dataset.corner).toBe("top-start");
  expect(localStorage.getItem("kontor.team"), "for the next window").toContain("top-start");
});

it("fills a narrow window and keeps the focus", async () => {
  screenWidth.px = 400;
  const { user } = await openWindow({ hash: "#/inbox/t/t1", crew: new Crew() });
  await user.click(await button());
  const box = await sheet();
  expect(box.getAttribute("aria-modal")).toBe("true");
  await waitFor(() => expect(box.contains(document.activeElement)).toBe(true));
  expect(document.querySelector("[inert]"), "what it covers takes no focus").toBeTruthy();
  await user.keyboard("{Escape}");
  expect(document.querySelector("[inert]")).toBeNull();
});

it("says how the server is reached and what waits", async () => {
  const { box } = await openTeam(null, new Crew("connecting"));
  expect(await box.findByText("Reconnecting (3 changes waiting)")).toBeTruthy();
  expect((await box.findAllByText("Saved here, 3 changes wait")).length, "each note").toBe(2);
});

it("brings what is written to the team and what colleagues write to the screen", async () => {
  const { crew } = await openTeam();
  const editor = await noteEditor(SHARED);
  const end = editor.state.doc.length;
  editor.dispatch({ changes: { from: end, insert: "- 😀 nov" }, userEvent: "input.type" });
  editor.dispatch({ changes: { from: end + 8, insert: "o" }, userEvent: "input.type" });
  await waitFor(() => expect(crew.textOf(TOMAZ), "all letters").toMatch(/- 😀 novo$/));
  await crew.write(TOMAZ, `Ana: nujno\n${crew.textOf(TOMAZ)}`);
  await waitFor(() => expect(editor.state.doc.line(1).text).toBe("Ana: nujno"));
  expect(editor.state.doc.toString(), "both authors' words").toBe(crew.textOf(TOMAZ));
});

it("shows a colleague's key as the line brings it, and asks for nothing", async () => {
  const crew = new Crew();
  const asked: string[] = [];
  const handlers = Object.fromEntries(
    Object.entries(crew.handlers()).map(([name, handler]) => [
      name,
      (...args: never[]) => {
        asked.push(name);
        return (handler as (...given: never[]) => unknown)(...args);
      },
    ]),
  ) as Handlers;
  await openTeam(null, crew, handlers);
  const editor = await noteEditor(SHARED);
  const { revision, version } = (await crew.handlers().note?.(TOMAZ)) ?? {};
  if (revision === undefined || version === undefined) throw new Error("There is no note.");
  const written = [
    {
      subject: TOMAZ,
      from: revision,
      revision: `${revision} and one`,
      splices: [{ at: 0, del: 0, insert: "ŷ" }],
      version: version + 1,
    },
  ];
  asked.length = 0;
  await rust.noteNews({ written, waiting: 0, count: 1 });
  expect(editor.state.doc.sliceString(0, 1), "at once").toBe("ŷ");
  await rust.stale({ tags: ["notes"] });
  expect(asked, "not at every key").toEqual([]);
});

it("shows Markdown as what it means, and ticks by a click", async () => {
  const { crew, user, box } = await openTeam();
  await noteEditor(SHARED);
  const boxes = await box.findAllByRole<HTMLInputElement>("checkbox", { name: "Tick" });
  expect(boxes.map(({ checked }) => checked)).toEqual([true, false]);
  expect(box.getByText("@Ana Zupančič").className, "a colleague").toContain("note-mention");
  await user.click(boxes[1] as HTMLInputElement);
  await waitFor(() => expect(crew.textOf(TOMAZ)).toContain("- [x] @Ana Zupančič"));
});

it("formats with its tools", async () => {
  const { user, box, crew } = await openTeam();
  const editor = await noteEditor("Note on this conversation");
  editor.dispatch({ changes: { from: 0, insert: "rok" }, selection: { anchor: 0, head: 3 } });
  const [, tools] = box.getAllByRole("toolbar", { name: "Formatting of the note" });
  const tool = (name: string) => within(tools as HTMLElement).getByRole("button", { name });
  await user.click(tool("Bold"));
  expect(editor.state.doc.toString()).toBe("**rok**");
  await user.click(tool("Bold"));
  await user.click(tool("Check box"));
  expect(editor.state.doc.toString()).toBe("- [ ] rok");
  await user.click(tool("List"));
  expect(editor.state.doc.toString(), "one thing at a time").toBe("- rok");
  await user.click(tool("List"));
  await waitFor(() => expect(crew.textOf("thread:1")).toBe("rok"));
});

it("keeps the words and says why while a note cannot be saved", async () => {
  let broken = true;
  const crew = new Crew();
  const { editNote } = crew.handlers();
  const { user, box } = await openTeam(null, crew, {
    editNote: (edit) => {
      if (broken) throw refusal("store", "The store is locked.");
      return editNote?.(edit) as never;
    },
  });
  const editor = await noteEditor("Note on this conversation");
  editor.dispatch({ changes: { from: 0, insert: "rok" } });
  const alert = await box.findByRole("alert");
  expect(alert.textContent).toMatch(/Not saved yet.*The store is locked/);
  broken = false;
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(crew.textOf("thread:1")).toBe("rok"));
  expect(box.queryByRole("alert")).toBeNull();
});

it("restores an earlier version", async () => {
  const { user, box, crew } = await openTeam();
  const editor = await noteEditor(SHARED);
  await user.click(box.getAllByRole("button", { name: "Earlier versions" })[0] as HTMLElement);
  const dialog = within(await screen.findByRole("dialog", { name: "Earlier versions" }));
  await user.click(await dialog.findByRole("button", { name: /Bor Kranjc/ }));
  await user.click(dialog.getByRole("button", { name: "Restore this version" }));
  await waitFor(() => expect(crew.asked).toContainEqual(["restore", TOMAZ, 2]));
  await waitFor(() => expect(editor.state.doc.lines, "the open note follows").toBe(3));
});

it("hands the conversation over and sets where it stands", async () => {
  const { user, box, crew } = await openTeam();
  await user.click(await box.findByRole("button", { name: /^Assigned to: ?Maja Hribar/ }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Ana Zupančič" }));
  expect(await box.findByRole("button", { name: /^Assigned to: ?Ana Zupančič/ })).toBeTruthy();
  await user.click(box.getByRole("button", { name: /^Status: ?Waiting/ }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Done" }));
  await waitFor(() => expect(crew.status).toBe("done"));
  expect(box.getByText("Jan Vrhovec is reading this"), "who else is here").toBeTruthy();
});

it("shows what happened by day, filters it, and opens its source", async () => {
  const { user, box, crew } = await openTeam("Activity 3");
  expect(await box.findByText("edited the shared note")).toBeTruthy();
  expect(box.getByText("Yesterday")).toBeTruthy();
  expect(crew.seen.at(-1)?.subject, "this customer first").toBe(TOMAZ);
  expect(crew.asked, "what is not shown is not seen").not.toContainEqual(["seen"]);
  await user.click(box.getByRole("button", { name: "All customers" }));
  await waitFor(() => expect(crew.asked).toContainEqual(["seen"]));
  await user.click(box.getByRole("button", { name: "All types" }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Replies" }));
  await waitFor(() => expect(box.queryByText("edited the shared note")).toBeNull());
  await user.type(box.getByRole("searchbox"), "PN-2026");
  await waitFor(() => expect(box.getAllByRole("listitem").length).toBe(2));
  await user.click(box.getByRole("button", { name: /You replied/ }));
  expect(window.location.hash).toBe("#/inbox/t/t1");
  expect(await box.findByRole("tab", { name: "Customer", selected: true })).toBeTruthy();
});

it("says what to do when nothing fits", async () => {
  const crew = new Crew();
  crew.items = [];
  const { user, box } = await openTeam("Activity 3", crew);
  expect(await box.findByText("Nothing this week")).toBeTruthy();
  await user.click(box.getByRole("button", { name: "Show month" }));
  expect(await box.findByText("Nothing this month")).toBeTruthy();
});

it("groups colleagues, sets one's own state, and hands over from there", async () => {
  const { user, box, crew } = await openTeam("Team");
  const online = within(await box.findByRole("region", { name: "Online" }));
  expect(online.getByText("Maja Hribar, you")).toBeTruthy();
  expect(online.getByText("Replying to a conversation")).toBeTruthy();
  await user.click(box.getByRole("button", { name: /^You appear as ?Online/ }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Busy" }));
  await waitFor(() => expect(crew.asked).toContainEqual(["presence", "busy"]));
  await user.click(
    box.getByRole("button", { name: "Hand this conversation over to Ana Zupančič" }),
  );
  expect(await screen.findByText("Handed over to Ana Zupančič")).toBeTruthy();
});

it("invites with a link that works once", async () => {
  const { user, box } = await openTeam("Team");
  await user.click(await box.findByRole("button", { name: "Invite" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Invite a colleague" }));
  await user.click(dialog.getByRole("button", { name: "Make the link" }));
  expect(await dialog.findByText(/join\/HRAST-7K2M-QX4P/)).toBeTruthy();
});

it("offers a team to who works alone", async () => {
  const { user, box } = await openTeam("Team", new Crew("alone"));
  await user.click(await box.findByRole("button", { name: "Join a team" }));
  expect(window.location.hash).toBe("#/settings/team");
});

it("lets a person choose between two values", async () => {
  const { user, box, crew } = await openTeam();
  await user.click(await box.findByRole("button", { name: "Decide" }));
  const dialog = within(await screen.findByRole("alertdialog"));
  const [mine, theirs] = dialog.getAllByRole<HTMLInputElement>("radio");
  await waitFor(() => expect(document.activeElement, "one's own value first").toBe(mine));
  expect(mine?.checked).toBe(true);
  await user.click(theirs as HTMLInputElement);
  await user.click(dialog.getByRole("button", { name: "Keep 6.500,00 €" }));
  await waitFor(() => expect(crew.asked).toContainEqual(["resolve", "c1", "6.500,00 €"]));
  expect(await screen.findByText("the credit limit is now 6.500,00 € for everyone")).toBeTruthy();
  await waitFor(() => expect(box.queryByRole("button", { name: "Decide" })).toBeNull());
});

it("says so when somebody else decided meanwhile", async () => {
  const { user, box, crew } = await openTeam();
  await user.click(await box.findByRole("button", { name: "Decide" }));
  const dialog = within(await screen.findByRole("alertdialog"));
  crew.conflicts = [];
  await crew.tell();
  expect(await dialog.findByText("It was decided meanwhile.")).toBeTruthy();
  await user.click(dialog.getByRole("button", { name: "Close" }));
  expect(screen.queryByRole("alertdialog")).toBeNull();
});

it.each([
  ["the customer", "Customer", "live"],
  ["the activity", "Activity 3", "live"],
  ["the team", "Team", "offline"],
  ["working alone", "Team", "alone"],
])("%s is accessible", async (_, tab, state) => {
  const { box } = await openTeam(tab, new Crew(state));
  await box.findByRole("tabpanel");
  if (tab === "Customer") await noteEditor(SHARED);
  if (tab.startsWith("Activity")) await box.findByText("edited the shared note");
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    iframes: false,
  });
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
  ).toEqual([]);
});
