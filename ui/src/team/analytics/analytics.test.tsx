import { screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import { Crew } from "../../../dev/crew.ts";
import { weeksOf } from "../../../dev/weeks.ts";
import { screenWidth } from "../../../test/setup.ts";
import { type Handlers, refusal } from "../../../test/transport.ts";
import { openWindow } from "../../../test/window.tsx";
import type { MemberWork } from "../../api/bindings.ts";
// Loaded before the first test: what waits for the compiler says nothing about the window.
import "./AnalyticsPage.tsx";
import "../TeamSheet.tsx";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });

async function openAnalytics(crew = new Crew(), handlers: Handlers = {}) {
  const opened = await openWindow({ hash: "#/analytics", crew, handlers });
  await screen.findByRole("heading", { name: "Team analytics" });
  return opened;
}

const slider = (name: string) => screen.findByRole("slider", { name });

it("is reached from the palette and from the sheet's Team tab", async () => {
  const { user } = await openWindow({ hash: "#/inbox", crew: new Crew() });
  await user.keyboard("{Control>}t{/Control}");
  await user.click(await screen.findByRole("tab", { name: "Team" }));
  await user.click(await screen.findByRole("button", { name: "Analytics" }));
  expect(await screen.findByRole("heading", { name: "Team analytics" })).toBeTruthy();
  expect(screen.queryByRole("dialog", { name: "Team" }), "it would lie over them").toBeNull();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(window.location.hash).toBe("#/inbox"));
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox"), "response times{Enter}");
  await waitFor(() => expect(window.location.hash).toBe("#/analytics"));
});

it("reads weeks out with the arrow keys", async () => {
  const { user } = await openAnalytics();
  const replies = await slider("Replies by week");
  expect(replies.getAttribute("aria-valuetext"), "this week first").toBe(
    "Week 47, 16 Nov, so far: 38 replies",
  );
  replies.focus();
  await user.keyboard("{ArrowLeft}{ArrowRight}{ArrowRight}{ArrowLeft}");
  expect(replies.getAttribute("aria-valuetext")).toMatch(/^Week 46, 9 Nov: \d+ replies$/);
  await user.keyboard("{Home}");
  expect(replies.getAttribute("aria-valuenow")).toBe("0");
});

it("has the same numbers in a table behind each chart", async () => {
  const { user, crew } = await openAnalytics();
  await slider("Replies by week");
  const [, button] = screen.getAllByRole("button", { name: "Show as a table" });
  await user.click(button as HTMLElement);
  const table = within(screen.getByRole("table", { name: "Replies by week" }));
  const rows = table.getAllByRole("row");
  expect(rows, "head, twelve weeks, all of them").toHaveLength(14);
  const cells = within(rows[1] as HTMLElement).getAllByRole("cell");
  const weeks = weeksOf(crew.team.members, 12);
  const named = ({ member }: MemberWork) =>
    crew.team.members.find(({ id }) => id === member)?.name ?? "";
  const last = weeks.members
    .toSorted((a, b) => named(a).localeCompare(named(b), "sl"))
    .map(({ weeks: each }) => String(each.at(-1)?.replies));
  expect(cells.map(({ textContent }) => textContent)).toEqual([
    ...last,
    String(weeks.team.weeks.at(-1)?.replies),
  ]);
  await user.click(screen.getByRole("button", { name: "Show as a chart" }));
  expect(await slider("Replies by week")).toBeTruthy();
});

it("shows one member, and other weeks", async () => {
  const asked: number[] = [];
  const crew = new Crew();
  const { user } = await openAnalytics(crew, {
    teamAnalytics: (weeks) => {
      asked.push(weeks);
      return weeksOf(crew.team.members, weeks);
    },
  });
  await user.click(await screen.findByRole("button", { name: /Everyone$/ }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Nika Oblak" }));
  const response = await slider("Median response time by week");
  expect(response.getAttribute("aria-valuetext"), "no median of nothing").toMatch(
    /: no timed reply$/,
  );
  await user.click(screen.getByRole("button", { name: /12 weeks$/ }));
  await user.click(await screen.findByRole("menuitemradio", { name: "A year" }));
  await waitFor(() => expect(response.getAttribute("aria-valuemax")).toBe("51"));
  expect(asked).toEqual([12, 52]);
});

it("says what is counted, and to each member what is shared about them", async () => {
  const { user, crew } = await openAnalytics();
  const counted = within(await screen.findByRole("region", { name: "What is counted" }));
  expect(counted.getByText(/pause of more than ten minutes/)).toBeTruthy();
  expect(counted.getByText(/oldest thing known here is of 3 Feb;/)).toBeTruthy();
  const shared = within(screen.getByRole("region", { name: "What is shared about you" }));
  expect(shared.getByText(/231 replies.*12 of them with the mail’s subject/)).toBeTruthy();
  await user.click(shared.getByRole("button", { name: "See each of it in the activity" }));
  const sheet = within(await screen.findByRole("dialog", { name: "Team" }));
  expect(await sheet.findByRole("button", { name: "Maja Hribar" })).toBeTruthy();
  expect(crew.seen.at(-1)?.member, "one's own").toBe("maja");
});

it("says so when nothing was done, and works alone", async () => {
  const { user } = await openAnalytics(new Crew("alone"));
  expect(await screen.findByText(/only your own notes are counted/)).toBeTruthy();
  expect(screen.getByText("Nothing was written or answered in these weeks.")).toBeTruthy();
  expect(screen.getByText(/nothing about you is shared/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Show a year" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Show a year" })).toBeNull());
});

it("says what offline means for the numbers", async () => {
  await openAnalytics(new Crew("offline"));
  expect(await screen.findByText(/counted when the server is back/)).toBeTruthy();
  expect(await slider("Replies by week"), "what is known is shown").toBeTruthy();
});

it("says why they could not be counted, and counts again", async () => {
  let broken = true;
  const crew = new Crew();
  const { user } = await openAnalytics(crew, {
    teamAnalytics: (weeks) => {
      if (broken) throw refusal("store", "The store is locked.");
      return weeksOf(crew.team.members, weeks);
    },
  });
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toMatch(/could not be counted.*The store is locked/);
  broken = false;
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  expect(await slider("Replies by week")).toBeTruthy();
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

it.each([
  ["charts", 1440, "live", false],
  ["tables", 1440, "live", true],
  ["narrow", 380, "offline", false],
  ["alone", 1440, "alone", false],
])("%s at %i px are accessible", async (_, px, state, tables) => {
  screenWidth.px = px;
  const { user } = await openAnalytics(new Crew(state));
  await screen.findByRole("region", { name: "What is counted" });
  if (tables) {
    for (const button of screen.getAllByRole("button", { name: "Show as a table" })) {
      await user.click(button);
    }
  }
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    iframes: false,
  });
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
  ).toEqual([]);
});
