import {
  AtSign,
  Check,
  CircleDot,
  type LucideIcon,
  NotebookPen,
  PencilLine,
  Send,
  SquareCheck,
  Tag,
  TriangleAlert,
  UserCheck,
  UserPlus,
} from "lucide-react";
import type { ActivityItem, ActivityKind, TeamMember } from "../../api/bindings.ts";
import { plainWords } from "../../customer/note-words.ts";
import type { Translate } from "../../i18n/language.tsx";
import { fieldName } from "../field-words.ts";
import { memberOf } from "../people.ts";

/** The grounds of the design: notes violet, sent and assigned grey, fields indigo, done green, conflicts amber. */
export type Tone = "violet" | "grey" | "indigo" | "green" | "amber";

export const LOOKS: Readonly<Record<ActivityKind, { icon: LucideIcon; tone: Tone }>> = {
  note: { icon: NotebookPen, tone: "violet" },
  mention: { icon: AtSign, tone: "violet" },
  assign: { icon: UserCheck, tone: "grey" },
  status: { icon: CircleDot, tone: "grey" },
  tag: { icon: Tag, tone: "indigo" },
  task: { icon: SquareCheck, tone: "grey" },
  finish: { icon: Check, tone: "green" },
  record: { icon: PencilLine, tone: "indigo" },
  conflict: { icon: TriangleAlert, tone: "amber" },
  resolve: { icon: Check, tone: "green" },
  reply: { icon: Send, tone: "grey" },
  member: { icon: UserPlus, tone: "grey" },
};

export const KINDS = Object.keys(LOOKS) as ActivityKind[];

/** A finished thing looks finished. */
export function looksOf({ kind, detail }: ActivityItem): { icon: LucideIcon; tone: Tone } {
  return kind === "status" && detail === "done" ? LOOKS.resolve : LOOKS[kind];
}

export function actorOf(item: ActivityItem, me: string | null, t: Translate): string {
  // Before any team was joined there was nobody else.
  if (item.member === me) return t("team.you");
  return item.name ?? t("team.someone");
}

/** What it was about and what came of it: the line below. */
export function aboutOf(
  item: ActivityItem,
  members: readonly TeamMember[],
  t: Translate,
  /** Whom all of it is about: not said again in each line. */
  about: string | null,
): string {
  const [kind = "", id = ""] = /^(\w+):(.*)$/s.exec(item.subject)?.slice(1) ?? [];
  const named = item.subjectName ?? (kind === "address" ? id : "");
  const subject = item.subject === about ? "" : named;
  return [subject, detailOf(item, members, t)].filter(Boolean).join(" · ");
}

const STATUS = /^(?:open|waiting|done|snoozed)$/;

function detailOf({ kind, detail }: ActivityItem, members: readonly TeamMember[], t: Translate) {
  if (detail === null) return "";
  if (kind === "assign") return memberOf(members, detail)?.name ?? detail;
  if (kind === "status" && STATUS.test(detail)) {
    return t(`team.status.${detail as "open" | "waiting" | "done" | "snoozed"}`);
  }
  if (kind === "note" || kind === "mention") return plainWords(detail).replaceAll("\n", " ");
  return kind === "record" || kind === "conflict" || kind === "resolve"
    ? fieldWords(detail, t)
    : detail;
}

/** "credit_limit: 5000" as people say it; other fields keep the name they were given. */
function fieldWords(detail: string, t: Translate): string {
  const [, field, value] = /^([a-z][a-z0-9_.-]*): (.*)$/s.exec(detail) ?? [];
  if (field === undefined || value === undefined) return detail;
  // What was said of customers Metakocka may have twice: the value is the other's name.
  if (field === "same_as")
    return value === "–" ? t("team.said.none") : t("team.said.same", { name: value });
  if (field === "apart") return t("team.said.apart", { name: value });
  if (field === "not_apart") return t("team.said.notApart", { name: value });
  if (field !== "critical_fields") return `${fieldName(field, t)}: ${value}`;
  const names = value.split(",").filter(Boolean);
  return `${t("team.critical")}: ${names.map((name) => fieldName(name, t)).join(", ") || "–"}`;
}
