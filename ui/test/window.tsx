import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Crew } from "../dev/crew.ts";
import { Ledger } from "../dev/customers.ts";
import { Office } from "../dev/office.ts";
import { makeQueryClient } from "../src/api/queries.ts";
import { forgetUndo } from "../src/api/undo.ts";
import { App } from "../src/app/App.tsx";
import { forgetDossier } from "../src/app/dossier-panel.ts";
import { hideOverlay } from "../src/app/overlay.ts";
import { forgetStanding } from "../src/app/standing.tsx";
import { forgetTeamPanel } from "../src/app/team-panel.ts";
import { resetSelection } from "../src/mail/list/selection.ts";
import { type Handlers, serve } from "./transport.ts";

type Options = {
  hash?: string;
  state?: string;
  older?: number;
  handlers?: Handlers;
  /** The team; nobody else unless a test is about it. */
  crew?: Crew;
  /** What is known of customers; nothing is connected unless a test is about it. */
  ledger?: Ledger;
  singleKeys?: boolean;
};

/** Opens the whole window on the sample company and waits for its first rows. */
export async function openWindow(options: Options = {}) {
  const {
    hash = "#/inbox",
    state = "usual",
    older = 0,
    handlers = {},
    singleKeys = true,
    crew = new Crew("alone"),
    ledger = new Ledger("off"),
  } = options;
  const office = new Office(state, older);
  office.settings = { ...office.settings, singleKeys };
  hideOverlay();
  forgetTeamPanel();
  forgetDossier();
  forgetStanding();
  resetSelection();
  forgetUndo();
  window.location.hash = hash;
  serve({ ...office.handlers(), ...crew.handlers(), ...ledger.handlers(), ...handlers });
  const user = userEvent.setup();
  render(
    <QueryClientProvider client={makeQueryClient()}>
      <App />
    </QueryClientProvider>,
  );
  return { office, crew, ledger, user };
}

/** Subjects of the rows in the page, from the top. */
export function subjects(): string[] {
  return screen
    .queryAllByRole("option")
    .map((row) => row.querySelector('[class*="subject"]')?.textContent ?? "");
}

export function chosen(): string | null {
  return (
    screen
      .queryAllByRole("option", { selected: true })
      .map((row) => row.dataset.thread ?? "")
      .join(" ") || null
  );
}
