import type { ActivityItem } from "../../api/bindings.ts";
import { currentForm } from "../../app/layout.ts";
import { goToMail } from "../../app/route.ts";
import { closeTeamPanel, openTeamPanel, setTeamPanel } from "../../app/team-panel.ts";
import { showToast } from "../../components/toasts.ts";
import type { Translate } from "../../i18n/language.tsx";

/** How long a hint stays, s. */
const HINT = 6;

/** Goes to where it happened: the conversation, or the note of the customer. */
export function openItem(item: ActivityItem, t: Translate): void {
  const { threadId, subject, subjectName } = item;
  if (threadId !== null) {
    goToMail({ thread: threadId, search: null, compose: null });
    if (currentForm() === "one") closeTeamPanel();
    else setTeamPanel({ kept: null, tab: "customer" });
  } else if (subject.startsWith("thread:")) {
    showToast({ text: t("team.activity.gone"), seconds: HINT, action: null });
  } else if (!subject.startsWith("org:")) {
    const name = subjectName ?? subject.slice(subject.indexOf(":") + 1);
    openTeamPanel({ kept: { subject, name, thread: null }, tab: "customer" });
  }
}
