// @vitest-environment jsdom
import { expect, it } from "vitest";
import type { Address, MessageHead } from "../api/bindings.ts";
import { otherSide } from "./subject.ts";

const person = (address: string): Address => ({ name: "", address });
const OWN = new Set(["prodaja@hrastvijak.example"]);
const us = person("Prodaja@hrastvijak.example");
const tomaz = person("tomaz@mizarstvo-kovac.example");
const nina = person("nina@mizarstvo-kovac.example");

const mail = (more: Partial<MessageHead>): MessageHead => ({
  id: "1",
  messageId: null,
  subject: "",
  from: [],
  to: [],
  cc: [],
  replyTo: [],
  date: "2026-11-19T09:00:00Z",
  unread: false,
  flagged: false,
  draft: false,
  outgoing: false,
  hasAttachment: false,
  bodyHere: true,
  snippet: "",
  placements: [],
  ...more,
});

it.each<[string, MessageHead[], Address | null]>([
  ["who wrote last", [mail({ from: [nina] }), mail({ from: [tomaz], to: [us] })], tomaz],
  [
    "who wrote, not who was written to later",
    [mail({ from: [nina] }), mail({ from: [us], to: [tomaz], outgoing: true })],
    nina,
  ],
  [
    "whom we wrote to, before any answer",
    [mail({ from: [us], to: [tomaz], outgoing: true })],
    tomaz,
  ],
  ["nobody in a note to oneself", [mail({ from: [us], to: [us], outgoing: true })], null],
  ["nobody of a draft", [mail({ from: [us], to: [tomaz], draft: true })], null],
])("takes %s", (_, messages, want) => {
  expect(otherSide({ messages }, OWN)).toEqual(want);
});
