import { useQuery } from "@tanstack/react-query";
import type { Draft, Template } from "../../../api/bindings.ts";
import { placeholdersQuery, templatesQuery } from "../../../api/writing.ts";
import { useVoice } from "../../../i18n/language.tsx";
import { fits } from "./begun.ts";
import type { Spot } from "./spot.ts";

/** What can be inserted: a template, or a value, null where nothing is known. */
export type Option =
  | { kind: "template"; id: string; name: string; template: Template }
  | { kind: "value"; id: string; name: string; value: string | null };

const NONE: readonly Option[] = [];

/** What fits what was typed: templates by their names, values by their names and what they are. */
export function useOptions(spot: Spot | null, draft: Draft): readonly Option[] {
  const { language } = useVoice();
  const kind = spot?.kind ?? null;
  const templates = useQuery({ ...templatesQuery, enabled: kind === "template" });
  const values = useQuery({ ...placeholdersQuery(draft, language), enabled: kind === "value" });
  if (spot === null) return NONE;
  const { query } = spot;
  if (kind === "template") {
    return (templates.data ?? [])
      .filter(({ name }) => fits(query, name))
      .map((template) => ({
        kind: "template",
        id: template.id ?? "",
        name: template.name,
        template,
      }));
  }
  return (values.data ?? [])
    .filter(({ name, value }) => fits(query, name, value ?? ""))
    .map(({ name, value }) => ({ kind: "value", id: name, name, value }));
}
