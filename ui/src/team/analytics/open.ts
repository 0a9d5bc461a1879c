import { focusPane } from "../../app/panes.ts";
import { goTo } from "../../app/route.ts";
import { setTeamPanel } from "../../app/team-panel.ts";

/** Leads to the charts; the sheet would lie over them. */
export function openAnalytics(): void {
  setTeamPanel({ open: false });
  goTo({ page: "analytics" });
  requestAnimationFrame(() => focusPane("conversation"));
}
