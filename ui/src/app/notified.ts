import type { Open } from "../api/bindings.ts";
import { goToMail } from "./route.ts";
import { openTeamPanel } from "./team-panel.ts";

/** Shows what a clicked notification was about: the conversation, and the note in the sheet. */
export function openNotified({ thread, note }: Open): void {
  if (thread !== null) goToMail({ thread, search: null, compose: null });
  if (note === null) return;
  const name = note.slice(note.indexOf(":") + 1);
  if (thread !== null) openTeamPanel({ kept: null, tab: "customer" });
  else if (note.startsWith("thread:")) openTeamPanel({ kept: null, tab: "activity" });
  else openTeamPanel({ kept: { subject: note, name, thread: null }, tab: "customer" });
}
