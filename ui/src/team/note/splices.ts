import { ChangeSet, type Text } from "@codemirror/state";
import type { Splice } from "../../api/bindings.ts";

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** How many Unicode scalar values a text has. Half a pair that stands alone counts as one. */
export function scalarsIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1))) at += 1;
    count += 1;
  }
  return count;
}

/** Where the scalar value of that number begins, in UTF-16 units from `from`; the end when there are fewer. */
export function unitsAfter(text: string, scalars: number, from = 0): number {
  let at = from;
  for (let left = scalars; left > 0 && at < text.length; left -= 1) {
    at += isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1)) ? 2 : 1;
  }
  return at;
}

/** Whether a position lies between the two halves of one letter. */
const splits = (text: string, at: number): boolean =>
  at > 0 && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));

/**
 * The same change by whole letters. An editor may see only half a letter change, as when 😀 becomes 😁; merged with what
 * others did to that letter, the other half would be left over.
 */
export function byWholeLetters(before: Text, changes: ChangeSet): ChangeSet {
  const text = before.toString();
  const found: { from: number; to: number; insert: string }[] = [];
  let halves = false;
  changes.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
    const from = splits(text, fromA) ? fromA - 1 : fromA;
    const to = splits(text, toA) ? toA + 1 : toA;
    halves ||= from !== fromA || to !== toA;
    found.push({
      from,
      to,
      insert: text.slice(from, fromA) + inserted.toString() + text.slice(toA, to),
    });
  });
  return halves ? ChangeSet.of(found, before.length, "\n") : changes;
}

/**
 * A change of the editor as splices in scalar values, from the end of the text to its beginning: so it means the same
 * whether positions are read in the text before all of them or after the earlier ones.
 */
export function splicesOf(before: Text, changes: ChangeSet): Splice[] {
  const text = before.toString();
  const found: Splice[] = [];
  byWholeLetters(before, changes).iterChanges((from, to, _fromB, _toB, inserted) => {
    found.push({
      at: scalarsIn(text.slice(0, from)),
      del: scalarsIn(text.slice(from, to)),
      insert: wellFormed(inserted.toString()),
    });
  });
  return found.reverse();
}

/** Splices one after the other, each in the text the earlier ones left, as one change of the editor. */
export function changesOf(before: Text, splices: readonly Splice[]): ChangeSet {
  let text = before;
  let all = ChangeSet.empty(before.length);
  for (const { at, del, insert } of splices) {
    const whole = text.toString();
    const from = unitsAfter(whole, at);
    const to = unitsAfter(whole, del, from);
    const one = ChangeSet.of({ from, to, insert }, text.length, "\n");
    all = all.compose(one);
    text = one.apply(text);
  }
  return all;
}

/** The smallest single change that makes one text of another. */
export function difference(before: Text, after: string): ChangeSet {
  const old = before.toString();
  const most = Math.min(old.length, after.length);
  let start = 0;
  while (start < most && old.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let end = 0;
  while (
    end < most - start &&
    old.charCodeAt(old.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) {
    end += 1;
  }
  const insert = after.slice(start, after.length - end);
  return ChangeSet.of({ from: start, to: old.length - end, insert }, old.length, "\n");
}

/** JSON has no place for half a letter: it becomes the sign for what cannot be shown, one unit for one unit. */
function wellFormed(text: string): string {
  return text.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    "\ufffd",
  );
}
