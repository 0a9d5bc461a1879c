/**
 * Takes pictures of the sample company's window: `npm run shots [-- folder]`.
 *
 * Needs Chromium (`CHROMIUM`, else /usr/bin/chromium). Pictures are laid beside the design's.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openPage, withBrowser } from "./browser.mjs";

const folder = process.argv[2] ?? "node_modules/.shots";
const only = process.argv[3];
const SHOTS = [
  ["01-main", "", "#/inbox/t/t1"],
  ["01-main-dark", "theme=dark", "#/inbox/t/t1"],
  ["01-main-sl", "lang=sl", "#/inbox/t/t1"],
  ["01-compact", "density=compact", "#/inbox/t/t1"],
  ["01-offline", "state=offline", "#/inbox"],
  ["01-first", "state=first&lang=sl", "#/inbox"],
  ["01-empty", "state=empty", "#/inbox"],
  [
    "06-palette",
    "",
    "#/inbox/t/t1",
    (page) => page.keyboard.press("Control+k").then(() => page.keyboard.type("arh")),
  ],
  ["06-palette-open", "lang=sl", "#/inbox/t/t1", (page) => page.keyboard.press("Control+k")],
  ["06-move", "", "#/inbox/t/t1", (page) => page.keyboard.press("v")],
  ["06-keys", "", "#/inbox/t/t1", (page) => page.keyboard.press("?")],
  ["10-search", "state=partial", "#/inbox?q=has%3Aattachment%20racun"],
  ["10-search-dark", "theme=dark", "#/inbox?q=has%3Aattachment%20racun"],
  ["10-search-open", "", "#/inbox/t/t13?q=has%3Aattachment%20racun"],
  ["10-search-empty", "lang=sl", "#/inbox?q="],
  ["10-search-nothing", "", "#/inbox?q=has%3Aattachment%20sarah"],
  ["01-picked", "", "#/inbox/t/t1", pickSome],
  ["01-toast", "", "#/inbox/t/t1", (page) => page.keyboard.press("e")],
  ["01-hover", "", "#/inbox/t/t1", (page) => page.hover('[data-thread="t4"]')],
  ["01-arrived", "", "#/inbox/t/t1", arriveWhileReading],
  ["frame-1100", "", "#/inbox/t/t1", null, { width: 1100, height: 800 }],
  ["frame-900", "", "#/inbox/t/t1", null, { width: 900, height: 800 }],
  ["frame-700", "", "#/inbox/t/t1", null, { width: 700, height: 800 }],
  ["12-narrow-list", "", "#/inbox", null, { width: 400, height: 860 }],
  ["12-narrow-conversation", "", "#/inbox/t/t1", null, { width: 400, height: 860 }],
  [
    "12-narrow-drawer",
    "",
    "#/inbox",
    (page) => page.click('[data-pane="list"] header button'),
    { width: 400, height: 860 },
  ],
  ["12-narrow-search", "", "#/inbox?q=has%3Aattachment%20racun", null, { width: 400, height: 860 }],
  ["12-380-sl", "lang=sl", "#/inbox", null, { width: 380, height: 700 }],
];

async function pickSome(page) {
  await page.hover('[data-thread="t3"]');
  await page.locator('[data-thread="t3"] + div button').first().click();
  await page.locator('[data-thread="t5"]').click({ modifiers: ["Shift"] });
}

async function arriveWhileReading(page) {
  await page.hover('[data-thread="t4"]');
  await page.mouse.wheel(0, 400);
  await page.waitForTimeout(200);
  await page.evaluate(async () => {
    await window.office.arrive();
    await window.office.arrive({ at: "2026-11-19T09:52" });
  });
}

mkdirSync(folder, { recursive: true });
await withBrowser(async (browser) => {
  for (const [name, query, hash, then, viewport] of SHOTS) {
    if (only && !name.startsWith(only)) continue;
    const page = await openPage(browser, { name, query, hash, viewport });
    if (then) await then(page);
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.close();
  }
});
