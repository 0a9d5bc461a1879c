import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { createServer } from "vite";

/** Thursday of the sample, 10:00 in Ljubljana. */
const NOW = new Date("2026-11-19T09:00:00Z");

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Serves the sample company and opens a browser with an empty profile; both end with the work. */
export async function withBrowser(work) {
  const profile = mkdtempSync(join(tmpdir(), "kontor-sample-"));
  const server = await createServer({
    configFile: "dev/vite.config.ts",
    server: { port: 0, hmr: false, watch: null },
  });
  await server.listen();
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    timezoneId: "Europe/Ljubljana",
    args: QUIET,
  });
  try {
    return await work({ context, base: server.resolvedUrls.local[0] });
  } finally {
    await context.close();
    await server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Opens the window at an address and waits until its first picture stands. */
export async function openPage({ context, base }, { name, query = "", hash, viewport }) {
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(name, error.message));
  page.on("console", (line) => {
    // A frame without scripts says so each time something looks into it.
    if (line.type() === "error" && !line.text().includes("Blocked script execution"))
      console.error(name, line.text());
  });
  // Every picture begins with the panes as a new window has them and the team's sheet closed, and as `query` says with the toolbar in place of the button.
  const look = new URLSearchParams(query).get("look");
  const panel = look === null ? null : JSON.stringify({ look: "toolbar", size: look });
  await page.addInitScript((kept) => {
    localStorage.removeItem("kontor.team");
    localStorage.removeItem("kontor.layout");
    if (kept !== null) localStorage.setItem("kontor.team", kept);
  }, panel);
  await page.setViewportSize(viewport ?? { width: 1440, height: 900 });
  await page.clock.setFixedTime(NOW);
  await page.goto(`${base}?${query}${hash}`);
  await page.waitForSelector("nav, main, [role=listbox], [role=dialog]");
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(500);
  return page;
}
