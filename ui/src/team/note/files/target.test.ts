import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fileTarget, shownAs } from "./target.ts";

const table = JSON.parse(
  readFileSync(
    new URL("../../../../../crates/protocol/tests/file-cases.json", import.meta.url),
    "utf8",
  ),
) as { targets: [string, unknown][] };

test.each(table.targets)("%s is read as the server and every desk read it", (target, file) => {
  expect(fileTarget(target)).toEqual(file);
});

test("only what cannot run is shown in the window", () => {
  for (const type of ["image/svg+xml", "text/html", "application/pdf", "video/mp4"]) {
    expect(shownAs(type)).toBeNull();
  }
  expect([shownAs("image/png"), shownAs("audio/webm")]).toEqual(["picture", "sound"]);
});
