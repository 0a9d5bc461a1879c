import { expect, it } from "vitest";
import { chipOf, joinQuery, reopenLast, splitQuery, without } from "./query.ts";

const chips = (text: string) => splitQuery(text).chips.map((chip) => chip.text);

it.each([
  ["still being typed", "from:nina", [], "from:nina"],
  ["done with a blank", "from:nina ", ["from:nina"], ""],
  ["text after a chip", "from:nina račun", ["from:nina"], "račun"],
  ["a chip after text", "račun from:nina ", ["from:nina"], "račun "],
  ["two chips", "has:attachment from:nina x", ["has:attachment", "from:nina"], "x"],
  ["a phrase as value", 'from:"Nina Kovač" ', ['from:"Nina Kovač"'], ""],
  ["a phrase not closed", 'from:"Nina Kov', [], 'from:"Nina Kov'],
  ["no value yet", "from: ", [], "from: "],
  ["no operator", "rok:jutri ", [], "rok:jutri "],
  ["Slovenian: od", "od:nina ", ["from:nina"], ""],
  ["Slovenian: zadeva", "zadeva:račun ", ["subject:račun"], ""],
  ["Slovenian: ima", "ima:priloga ", ["has:attachment"], ""],
  ["Slovenian: je", "je:neprebrano ", ["is:unread"], ""],
  ["Slovenian: v", "v:prejeto ", ["in:inbox"], ""],
  ["a customer", "customer:kovač ", ["customer:kovač"], ""],
  ["Slovenian: stranka", 'stranka:"Mizarstvo Kovač" ', ['customer:"Mizarstvo Kovač"'], ""],
  ["Slovenian: dokument", "dokument:2026-1187 ", ["doc:2026-1187"], ""],
  ["Slovenian: stanje", "stanje:zamuja ", ["status:overdue"], ""],
  ["Slovenian: zapadlo", "zapadlo:30 ", ["overdue:30"], ""],
  ["Slovenian: prvi", "prvi:stik ", ["first:contact"], ""],
  ["a minus", "-status:zamuja račun", ["-status:overdue"], "račun"],
  ["Slovenian date", "po:1.9.2026 ", ["after:2026-09-01"], ""],
  ["Slovenian date in quotes", 'pred:"20. 11. 2026" ', ["before:2026-11-20"], ""],
])("splits %s", (_, text, want, rest) => {
  expect(chips(text), "a chip needs a value and a blank after it").toEqual(want);
  expect(splitQuery(text).rest, "the rest stays text").toBe(rest);
});

it.each(["from:nina račun", 'from:"Nina Kovač" has:attachment a b', "only words"])(
  "puts %s together again",
  (text) => {
    const { chips: done, rest } = splitQuery(text);
    expect(joinQuery(done, rest), "nothing is lost by drawing chips").toBe(text);
  },
);

it("reopens the last chip for Backspace", () => {
  const { chips: done, rest } = splitQuery("has:attachment from:nina račun");
  const reopened = reopenLast(done, rest) ?? "";
  expect(chips(reopened), "the other chip stays").toEqual(["has:attachment"]);
  expect(splitQuery(reopened).rest, "its text stands where the caret goes").toBe("račun from:nina");
  expect(reopenLast([], "račun"), "without a chip Backspace is Backspace").toBeNull();
});

it("drops one chip", () => {
  const { chips: done, rest } = splitQuery("has:attachment from:nina račun");
  expect(without(done, 0, rest), "the others stay").toBe("from:nina račun");
});

it("shows a value without its quotes", () => {
  expect(chipOf('from:"Nina Kovač"')?.value, "quotes are for the language, not for people").toBe(
    "Nina Kovač",
  );
});
