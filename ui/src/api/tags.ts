import type { QueryKey } from "@tanstack/react-query";
import { actKeys } from "./acts.ts";
import { customerKeys } from "./customers.ts";
import { erpKeys } from "./erp.ts";
import { keys } from "./queries.ts";
import { teamKeys } from "./team.ts";
import { writingKeys } from "./writing.ts";

/**
 * Which questions a tag of the stale event makes worth asking again.
 *
 * `threads` does not name the lists, on purpose: they take the difference since the number they
 * know (`thread-list.ts`), so that rows change in place.
 */
export function keysOf(tag: string): QueryKey[] {
  const [name = "", id] = split(tag);
  switch (name) {
    case "overview":
      return [keys.overview, keys.health];
    case "accounts":
      return [keys.overview, keys.health];
    case "threads":
      return [keys.allSearches];
    case "thread":
      return id === undefined ? [["conversation"]] : [keys.conversation(id)];
    case "outbox":
      return [keys.outbox, keys.drafts, keys.overview];
    case "settings":
      return [keys.settings];
    case "customers":
      return [
        customerKeys.dossiers,
        customerKeys.named,
        customerKeys.numbered,
        customerKeys.pages,
        erpKeys.overview,
        actKeys.all,
        writingKeys.facts,
      ];
    case "presence":
      return [teamKeys.overview];
    case "team":
      return [teamKeys.all, writingKeys.templates];
    default:
      return [];
  }
}

function split(tag: string): [string] | [string, string] {
  const colon = tag.indexOf(":");
  return colon < 0 ? [tag] : [tag.slice(0, colon), tag.slice(colon + 1)];
}
