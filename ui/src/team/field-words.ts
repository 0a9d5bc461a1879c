import type { Translate } from "../i18n/language.tsx";

const KNOWN = ["credit_limit", "delivery_promise", "price_agreement", "phone"] as const;

/** A shared field as people call it; others keep the name they were given. */
export function fieldName(field: string, t: Translate): string {
  const known = KNOWN.find((name) => name === field);
  return known ? t(`team.named.${known}`) : field.replaceAll("_", " ");
}

/** The name of a field as it is stored, from what a person calls it; empty when nothing is left that could be one. */
export function fieldOf(words: string, t: Translate): string {
  const said = words.trim().toLowerCase();
  const known = KNOWN.find((name) => t(`team.named.${name}`).toLowerCase() === said);
  if (known) return known;
  return said
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9_.-]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "");
}
