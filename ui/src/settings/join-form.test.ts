import { expect, it } from "vitest";
import { isJoinLink, type JoinFields, joinProblems } from "./join-form.ts";

const WHOLE: JoinFields = {
  link: "https://kontor.example/join/AB12",
  server: "",
  name: "",
  email: "ana@hrastvijak.example",
  password: "dolgo geslo",
};

it.each<[string, Partial<JoinFields>, string[]]>([
  ["a link", {}, []],
  ["a code and a server", { link: "AB12-CD34", server: "https://kontor.example" }, []],
  ["a code alone", { link: "AB12-CD34" }, ["server"]],
  ["no invitation", { link: " " }, ["link"]],
  ["half an address", { email: "ana" }, ["email"]],
  ["a short password", { password: "1234567" }, ["password"]],
])("judges %s", (_, change, want) => {
  expect(Object.keys(joinProblems({ ...WHOLE, ...change }))).toEqual(want);
});

it.each([
  ["https://kontor.example/join/AB12", true],
  ["http://127.0.0.1:8080/join/AB12", true],
  ["AB12-CD34", false],
  ["kontor.example", false],
])("knows whether %s says where the server is", (text, want) => {
  expect(isJoinLink(text)).toBe(want);
});
