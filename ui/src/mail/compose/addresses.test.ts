import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatAddress, isAddress, parseAddresses } from "./addresses.ts";

const ana = { name: "Ana Zupan", address: "ana@hrastvijak.example" };
const bor = { name: "", address: "bor@hrastvijak.example" };

describe("parseAddresses", () => {
  it.each([
    ["a bare address", "bor@hrastvijak.example", [bor], []],
    ["a name with brackets", "Ana Zupan <ana@hrastvijak.example>", [ana], []],
    ["a quoted name", '"Ana Zupan" <ana@hrastvijak.example>', [ana], []],
    [
      "a comma inside the quotes",
      '"Zupan, Ana" <ana@hrastvijak.example>, bor@hrastvijak.example',
      [{ ...ana, name: "Zupan, Ana" }, bor],
      [],
    ],
    ["a name in a comment", "ana@hrastvijak.example (Ana Zupan)", [ana], []],
    [
      "semicolons, as Outlook copies them",
      "Ana Zupan <ana@hrastvijak.example>; bor@hrastvijak.example;",
      [ana, bor],
      [],
    ],
    [
      "a column of a table",
      "ana@hrastvijak.example\r\nbor@hrastvijak.example\n",
      [{ ...ana, name: "" }, bor],
      [],
    ],
    [
      "spaces between bare addresses",
      "ana@hrastvijak.example bor@hrastvijak.example",
      [{ ...ana, name: "" }, bor],
      [],
    ],
    [
      "a group",
      "Workshop: ana@hrastvijak.example, bor@hrastvijak.example;",
      [{ ...ana, name: "" }, bor],
      [],
    ],
    ["a mailto link", "mailto:bor@hrastvijak.example", [bor], []],
    ["an umlaut domain", "info@müller.example", [{ name: "", address: "info@müller.example" }], []],
    ["words that are no address", "bor@hrastvijak.example, Ana", [bor], ["Ana"]],
    [
      "a quote that never closes",
      '"Ana <ana@hrastvijak.example>, bor@hrastvijak.example',
      [bor],
      ['"Ana <ana@hrastvijak.example>'],
    ],
    ["an empty bracket", "Ana <>", [], ["Ana <>"]],
    ["nothing", " ,; \n", [], []],
  ])("reads %s", (_, text, addresses, invalid) => {
    expect(parseAddresses(text), "what is no address stays as text").toEqual({
      addresses,
      invalid,
    });
  });

  it("never throws, whatever is pasted", () => {
    for (const text of ["<<<>>>", '"\\', "(((", "a:b:c;", "\u0000@\u0000", ">".repeat(5000)]) {
      expect(() => parseAddresses(text)).not.toThrow();
    }
  });
});

describe("formatAddress", () => {
  it.each([
    [ana, "Ana Zupan <ana@hrastvijak.example>"],
    [bor, "bor@hrastvijak.example"],
    [{ ...ana, name: "Zupan, Ana" }, '"Zupan, Ana" <ana@hrastvijak.example>'],
    [{ ...ana, name: 'A "Z" \\' }, '"A \\"Z\\" \\\\" <ana@hrastvijak.example>'],
  ])("writes what parses to the same again", (address, text) => {
    expect(formatAddress(address)).toBe(text);
    expect(parseAddresses(text).addresses).toEqual([address]);
  });
});

describe("isAddress against real lists", () => {
  const folder = join(
    process.env.KONTOR_CORPORA ?? join(import.meta.dirname, "../../../../../shared/corpora"),
    "address/flanker",
  );
  const lines = (file: string) =>
    readFileSync(join(folder, file), "utf8")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"));

  it.skipIf(!existsSync(folder))("accepts the valid and refuses the invalid ones", () => {
    const refused = lines("mailbox_valid.txt").filter(
      (line) => parseAddresses(line).addresses.length !== 1,
    );
    const accepted = lines("mailbox_invalid.txt").filter((line) => isAddress(line));
    expect(refused.length / lines("mailbox_valid.txt").length, refused.join("\n")).toBeLessThan(
      0.03,
    );
    expect(accepted.length / lines("mailbox_invalid.txt").length, accepted.join("\n")).toBeLessThan(
      0.1,
    );
  });
});
