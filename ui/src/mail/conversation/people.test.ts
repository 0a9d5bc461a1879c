import { describe, expect, it } from "vitest";
import type { Address } from "../../api/bindings.ts";
import { voiceOf } from "../../i18n/language.tsx";
import { kindOf } from "./attachment-kind.ts";
import { firstName, firstNames } from "./people.ts";

const person = (name: string, address = "x@y.example"): Address => ({ name, address });
const { t } = voiceOf("en");
const sl = voiceOf("sl").t;

describe("names", () => {
  it.each([
    [person("Tomaž Kovač"), "Tomaž"],
    [person("Kovač, Tomaž"), "Tomaž"],
    [person("", "prodaja@hrastvijak.example"), "prodaja@hrastvijak.example"],
    [person("Lesna"), "Lesna"],
  ])("greets %o", (who, want) => {
    expect(firstName(who)).toBe(want);
  });

  it.each([
    [1, "A", "A"],
    [2, "A and B", "A in B"],
    [3, "A, B and 1 more", "A, B in še 1"],
    [6, "A, B and 4 more", "A, B in še 4"],
  ])("lists %i people", (n, want, slovenian) => {
    const people = ["A", "B", "C", "D", "E", "F"].slice(0, n).map((name) => person(name));
    expect(firstNames(people, t)).toBe(want);
    expect(firstNames(people, sl)).toBe(slovenian);
  });
});

describe("attachment badges", () => {
  it.each([
    ["Naročilo.pdf", "application/octet-stream", "PDF", "red"],
    ["cene.XLSX", "", "XLS", "green"],
    ["", "image/png", "IMG", "violet"],
    ["arhiv.tar.gz", "", "ZIP", "amber"],
    ["nekaj.qzx", "", "QZX", "plain"],
    ["brez", "application/x-unknown", "FILE", "plain"],
  ])("%s %s", (name, type, label, tone) => {
    expect(kindOf(name, type)).toEqual({ label, tone });
  });
});
