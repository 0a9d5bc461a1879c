import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { Desk } from "../../../dev/desk.ts";
import { rust } from "../../../test/transport.ts";
import { openWindow } from "../../../test/window.tsx";
import type { DocumentChange } from "../../api/bindings.ts";
import { forgetComposing } from "./composing.ts";
import { rangesOf } from "./facts/rich-marks.ts";
import { still } from "./facts/use-facts.ts";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });
beforeEach(forgetComposing);

async function openReply(changes: DocumentChange[] = []) {
  const desk = new Desk();
  const handlers = { ...desk.handlers(), draftChanges: () => changes };
  const { user } = await openWindow({ hash: "#/inbox/t/t1", state: "usual", handlers });
  await screen.findByRole("button", { name: "Reply to Tomaž" });
  await user.keyboard("r");
  const area = await screen.findByRole("textbox", { name: "Text of the message" });
  return { user, desk, area: area as HTMLTextAreaElement };
}

it("marks what differs, says what Metakocka says, and replaces it", async () => {
  const { user, area } = await openReply();
  await user.keyboard("Skupaj 4.123,80 € za 240 kos");
  const line = await screen.findByRole("button", {
    name: /1 value differs from Metakocka · 1 value/,
  });
  const marks = document.querySelectorAll("[data-at]");
  expect([...marks].map((mark) => mark.textContent)).toEqual(["4.123,80 €", "240 kos"]);
  await user.click(line);
  expect(await screen.findByText("Metakocka says 4.180,00 €")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Replace by 4.180,00 €" }));
  await waitFor(() => expect(area.value).toBe("Skupaj 4.180,00 € za 240 kos"));
});

it("says once before sending that something differs; one more press sends", async () => {
  const { user, desk } = await openReply();
  await user.keyboard("Skupaj 4.123,80 €");
  await screen.findByRole("button", { name: /differs from Metakocka/ });
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect((await screen.findByRole("alert")).textContent).toBe("1 value differs from Metakocka");
  expect(desk.sent.size, "nothing left yet").toBe(0);
  await user.click(screen.getByRole("button", { name: /Send anyway/ }));
  await waitFor(() => expect(desk.sent.size).toBe(1));
});

it("tells anew what differs after the first was mended", async () => {
  const differs = { name: /differs from Metakocka/ };
  const { user, desk, area } = await openReply();
  await user.keyboard("Skupaj 4.123,80 € in 240 kos");
  await screen.findByRole("button", differs);
  await user.keyboard("{Control>}{Enter}{/Control}");
  await screen.findByRole("button", { name: /Send anyway/ });
  await user.click(screen.getByRole("button", differs));
  await user.click(await screen.findByRole("button", { name: /^Replace by/ }));
  await waitFor(() => expect(screen.queryByRole("button", differs)).toBeNull());
  desk.writing.outdated = "240 kos";
  await rust.stale({ tags: ["customers"] });
  await screen.findByRole("button", differs);
  expect(screen.queryByRole("button", { name: /Send anyway/ }), "nobody was told").toBeNull();
  expect(area.value).toBe("Skupaj 4.180,00 € in 240 kos");
});

it("asks when a document changed while one wrote, with both values", async () => {
  const changed: DocumentChange = {
    number: "PN-2026-0418",
    part: "total",
    before: "€4,180.00",
    after: "€4,320.00",
    beforeLabel: "",
    afterLabel: "",
    at: "2026-11-19T08:59:00Z",
    named: true,
  };
  const { user, desk } = await openReply([changed]);
  await user.keyboard("Potrjujem.{Control>}{Enter}{/Control}");
  const dialog = await screen.findByRole("dialog", { name: /1 document changed/ });
  expect(within(dialog).getByText("was €4,180.00, is €4,320.00")).toBeTruthy();
  expect(desk.sent.size).toBe(0);
  await user.click(within(dialog).getByRole("button", { name: "Send anyway" }));
  await waitFor(() => expect(desk.sent.size).toBe(1));
});

it("says of a state what it is called, a company's own by its own words", async () => {
  const { user } = await openReply([
    {
      number: "NAR-2026-0702",
      part: "status",
      before: "v_izdelavi",
      after: "shipped",
      beforeLabel: "V izdelavi",
      afterLabel: "Odpremljeno",
      at: "2026-11-19T08:59:00Z",
      named: false,
    },
  ]);
  await user.keyboard("Potrjujem.{Control>}{Enter}{/Control}");
  const dialog = await screen.findByRole("dialog", { name: /1 document changed/ });
  expect(within(dialog).getByText("was V izdelavi, is Shipped")).toBeTruthy();
});

it("inserts a template with this customer's values at the caret, by keyboard", async () => {
  const { user, area } = await openReply();
  await user.click(screen.getByRole("button", { name: "Insert a template" }));
  await user.keyboard("opomin");
  expect(await screen.findByText("3.972,80 €")).toBeTruthy();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(area.value).toContain("po naših podatkih je odprtih 3.972,80 €"));
});

it("refuses a template that lacks a value until it is filled in or left out", async () => {
  const { user, area } = await openReply();
  await user.click(screen.getByRole("button", { name: "Insert a template" }));
  await user.keyboard("dobave");
  const missing = await screen.findByRole("textbox", { name: "Value for order.last.due" });
  const insert = screen.getByRole("button", { name: /^Insert$/ });
  expect(insert.getAttribute("aria-disabled")).toBe("true");
  await user.type(missing, "4. 12.");
  await user.click(insert);
  await waitFor(() => expect(area.value).toBe("Naročilo NAR-2026-0702 bo dobavljeno 4. 12.."));
});

it("keeps a new template for the team", async () => {
  const { user, desk } = await openReply();
  await user.click(screen.getByRole("button", { name: "Insert a template" }));
  await user.click(await screen.findByRole("button", { name: "New template" }));
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "Zahvala");
  await user.type(screen.getByRole("textbox", { name: "Text" }), "Hvala!");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("option", { name: /Zahvala/ })).toBeTruthy();
  expect(desk.writing.templates.map(({ name }) => name)).toContain("Zahvala");
});

const choices = (name: string) => screen.findByRole("listbox", { name });

it("inserts a template from a slash on an empty line, as it is typed", async () => {
  const { user, area } = await openReply();
  await user.keyboard("Hvala.{Enter}/");
  const list = await choices("Templates");
  expect(within(list).getAllByRole("option")).toHaveLength(3);
  expect(area.getAttribute("aria-controls"), "the text says what it steers").toBe(list.id);
  await user.keyboard("opo");
  await waitFor(() => expect(within(list).getAllByRole("option")).toHaveLength(1));
  const [only] = within(list).getAllByRole("option");
  expect(area.getAttribute("aria-activedescendant")).toBe(only?.id);
  await user.keyboard("{Enter}");
  await waitFor(() => expect(area.value).toContain("odprtih 3.972,80 €"));
  expect(area.value.startsWith("Hvala.\nPozdravljeni, Tomaž,"), "in place of what was typed").toBe(
    true,
  );
  expect(screen.queryByRole("listbox", { name: "Templates" })).toBeNull();
  expect(area.hasAttribute("aria-controls")).toBe(false);
});

it("leaves what was typed on Escape, and asks no more there", async () => {
  const { user, area } = await openReply();
  await user.keyboard("/opo");
  await choices("Templates");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("listbox", { name: "Templates" })).toBeNull());
  expect(area.value).toBe("/opo");
  await user.keyboard("m{Enter}in/ali");
  expect(area.value, "the composer is still open, Enter is a line").toBe("/opom\nin/ali");
  expect(screen.queryByRole("listbox", { name: "Templates" }), "within words").toBeNull();
});

it("shows the template with what it lacks, and puts it in place of what was typed", async () => {
  const { user, area } = await openReply();
  await user.keyboard("/dobave");
  await choices("Templates");
  await user.keyboard("{Tab}");
  const missing = await screen.findByRole("textbox", { name: "Value for order.last.due" });
  expect(area.value).toBe("/dobave");
  await user.type(missing, "4. 12.{Enter}");
  await waitFor(() => expect(area.value).toBe("Naročilo NAR-2026-0702 bo dobavljeno 4. 12.."));
});

it("inserts a value from two braces, and refuses one that is missing by its name", async () => {
  const { user, area } = await openReply();
  await user.keyboard("Odprto je {{{{open");
  const list = await choices("Values of this customer");
  expect(within(list).getByRole("option").textContent).toBe("invoice.open.total3.972,80 €");
  await user.keyboard("{Enter}, do {{{{last.due");
  await waitFor(() => expect(area.value).toBe("Odprto je 3.972,80 €, do {{last.due"));
  const row = within(await choices("Values of this customer")).getByRole("option");
  expect(row.getAttribute("aria-disabled")).toBe("true");
  await user.keyboard("{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("order.last.due");
  expect(area.value, "nothing was inserted").toBe("Odprto je 3.972,80 €, do {{last.due");
});

it("chooses with the arrows, round the end", async () => {
  const { user, area } = await openReply();
  await user.keyboard("{{{{");
  const list = await choices("Values of this customer");
  await user.keyboard("{ArrowUp}");
  const options = within(list).getAllByRole("option");
  await waitFor(() => expect(options.at(-1)?.getAttribute("aria-selected")).toBe("true"));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(area.value).toBe("19 November 2026"));
});

const fact = (text: string, at: number) => ({
  kind: "total" as const,
  text,
  at,
  state: "matched" as const,
  value: null,
  instead: null,
  document: null,
  asOf: null,
});

it.each([
  ["typed before it", "a 20 €", "ab 20 €", [3]],
  ["typed behind it", "a 20 €", "a 20 € b", [2]],
  ["typed into it", "a 20 €", "a 210 €", []],
  ["taken away", "a 20 €", "", []],
])("a fact %s", (_, before, now, want) => {
  expect(still([fact("20 €", 2)], before, now).map(({ at }) => at)).toEqual(want);
});

it("finds facts in formatted text, each in its turn", () => {
  const area = document.createElement("div");
  area.innerHTML = "<p>a 20 € <b>b 20 €</b> c 2<i>0</i> kos</p>";
  const found = rangesOf(area, [fact("20 €", 2), fact("20 €", 9), fact("20 kos", 16)]);
  expect(found.map(([, range]) => range.startContainer.parentElement?.tagName)).toEqual(["P", "B"]);
});
