import type { ActField } from "../../api/bindings.ts";
import { en } from "../../i18n/en.ts";
import { dayOf, type Format } from "../../i18n/format.ts";
import type { PlainKey, Translate } from "../../i18n/language.tsx";

/** What is shown of a preview: sums for programs are not. */
const HIDDEN = new Set(["sha256"]);

const DAYS = new Set(["date", "until"]);
const LINE = /^line (\d+) (\w+)$/;

/** The name of a value, in words. */
export function fieldName(name: string, t: Translate): string {
  const [, n, of = ""] = LINE.exec(name) ?? [];
  if (n !== undefined)
    return `${t("act.line", { n: Number(n) })}, ${labelOf(`act.line.${of}`, of, t)}`;
  return labelOf(`act.field.${name}`, name, t);
}

function labelOf(key: string, otherwise: string, t: Translate): string {
  return key in en ? t(key as PlainKey) : otherwise;
}

/** A value, in words. */
export function fieldValue(
  { name, value }: { name: string; value: string },
  t: Translate,
  format: Format,
): string {
  if (value === "yes") return t("act.yes");
  if (value === "no") return t("act.no");
  if (value === "") return t("act.nothing");
  if (name === "bytes") return format.bytes(Number(value));
  // Amounts are told with a dot and two to four decimals.
  if (/^-?\d+\.\d{2,4}$/.test(value)) return format.number(Number(value));
  const day = DAYS.has(name) ? dayOf(value) : null;
  return day ? format.date(day, new Date()) : value;
}

/** The fields a person looks at. */
export function shown(fields: readonly ActField[]): ActField[] {
  return fields.filter(({ name }) => !HIDDEN.has(name));
}
