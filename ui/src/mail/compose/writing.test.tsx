import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { Desk } from "../../../dev/desk.ts";
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
