import { Folder, type LucideIcon, Mail } from "lucide-react";
import type { FolderView, Overview, SearchHit } from "../api/bindings.ts";
import { voiceOf } from "../i18n/language.tsx";
import { accountName, folderName } from "../mail/folders.ts";
import { ROLE_ICON } from "../mail/rail/place.ts";
import type { ActionContext } from "./context.ts";
import { findIn, type Span } from "./match.ts";
import { ACTIONS, type Action } from "./table.ts";

/** One row of the palette. */
export type Entry = {
  id: string;
  icon: LucideIcon;
  title: string;
  /** What to underline in the title. */
  span: Span | null;
  /** Grey beside the title: the other language's name, where it is, why not. */
  beside: string;
  besideSpan: Span | null;
  keys: string | null;
  /** Why it cannot be done now. The row stays. */
  blocked: string | null;
  does:
    | { kind: "action"; action: Action }
    | { kind: "folder"; folder: FolderView }
    | { kind: "hit"; hit: SearchHit };
};

export type Section = { id: "recent" | "actions" | "folders" | "mail"; entries: Entry[] };

const other = (language: string) => voiceOf(language === "sl" ? "en" : "sl");

type Ranked = { entry: Entry; order: number };

/** How an action was found: where in which name, and how well. */
type Found = { rank: number; span: Span | null; beside: string; besideSpan: Span | null };

/**
 * The actions that a search finds, by their name in either language or by other words for them.
 *
 * Order: how well the name fits, then what fits the open mail, then the table's order. What cannot
 * be done now comes last.
 */
export function actionEntries(
  context: ActionContext,
  language: string,
  search: string,
  aimed: boolean,
): Entry[] {
  const ranked = ACTIONS.flatMap((action, index): Ranked[] => {
    const found = action.hidden ? null : findAction(action, context.t, language, search);
    if (!found) return [];
    const fits = aimed && (action.group === "threads" || action.group === "messages");
    const entry = actionEntry(action, context, found);
    const last = entry.blocked === null ? 0 : 1000;
    return [{ order: last + found.rank * 100 + (fits ? 0 : 50) + index / 100, entry }];
  });
  return inOrder(ranked);
}

function findAction(
  action: Action,
  t: ActionContext["t"],
  language: string,
  search: string,
): Found | null {
  const own = findIn(t(action.title), search);
  if (own) return { rank: own.rank, span: own.span, beside: "", besideSpan: null };
  const translated = other(language).t(action.title);
  const theirs = findIn(translated, search);
  if (theirs) {
    return { rank: theirs.rank + 3, span: null, beside: translated, besideSpan: theirs.span };
  }
  const also = alsoFound(action, language, search);
  return also === null ? null : { rank: 6, span: null, beside: also, besideSpan: null };
}

function actionEntry(action: Action, context: ActionContext, found: Found): Entry {
  const { t } = context;
  const why = action.blocked(context);
  const entry: Entry = {
    id: `action:${action.id}`,
    icon: action.icon,
    title: t(action.title),
    span: found.span,
    beside: found.beside,
    besideSpan: found.besideSpan,
    keys: action.keys[0] ?? null,
    blocked: null,
    does: { kind: "action", action },
  };
  return why === null ? entry : { ...entry, beside: t(why), besideSpan: null, blocked: t(why) };
}

/** The word of the other words for an action that a search found, in either language. */
function alsoFound(action: Action, language: string, search: string): string | null {
  const key = action.also;
  if (!key || search.trim() === "") return null;
  const words = [voiceOf(language === "sl" ? "sl" : "en"), other(language)]
    .flatMap((voice) => voice.t(key).split(", "))
    .filter((word) => (findIn(word, search)?.rank ?? 9) < 2);
  return words[0] ?? null;
}

/** Folders a search finds; in move mode those that can take mail, of the meant accounts. */
export function folderEntries(
  context: ActionContext,
  overview: Overview,
  search: string,
  moving: boolean,
): Entry[] {
  const { t } = context;
  const several = overview.accounts.length > 1;
  const ranked = overview.folders
    .filter((folder) => folder.selectable && !(moving && isHere(context, folder)))
    .flatMap((folder, index): Ranked[] => {
      const title = folderName(folder, t);
      const found = findIn(title, search) ?? (findIn(folder.path, search) ? NOWHERE : null);
      if (!found) return [];
      const account = overview.accounts.find((row) => row.id === folder.account);
      const path = folder.path === folder.name || folder.role ? "" : folder.path;
      const where = [several && account ? accountName(account) : "", path];
      return [
        {
          order: found.rank * 1000 + index,
          entry: {
            id: `folder:${folder.id}`,
            icon: folder.role ? ROLE_ICON[folder.role] : Folder,
            title,
            span: found.span,
            beside: where.filter(Boolean).join(", "),
            besideSpan: null,
            keys: null,
            blocked: null,
            does: { kind: "folder", folder },
          },
        },
      ];
    });
  return inOrder(ranked);
}

const NOWHERE = { span: [0, 0] as Span, rank: 3 };

function isHere(context: ActionContext, folder: FolderView): boolean {
  return context.scope.kind === "folder" && context.scope.folder === folder.id;
}

function inOrder(ranked: Ranked[]): Entry[] {
  return ranked.sort((a, b) => a.order - b.order).map(({ entry }) => entry);
}

/** Mails as rows: subject, then who and when. */
export function hitEntries(
  hits: readonly SearchHit[],
  search: string,
  when: (at: Date) => string,
): Entry[] {
  return hits.map((hit) => {
    const title = hit.subject.replace(/[\u{e000}\u{e001}]/gu, "");
    const [person] = hit.from;
    const who = person?.name || person?.address || "";
    return {
      id: `hit:${hit.id}`,
      icon: Mail,
      title,
      span: findIn(title, search)?.span ?? null,
      beside: [who, when(new Date(hit.date))].filter(Boolean).join(", "),
      besideSpan: null,
      keys: null,
      blocked: null,
      does: { kind: "hit", hit },
    };
  });
}
