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
  ["10-search-customer", "", "#/inbox?q=customer%3A1600%20"],
  ["10-search-nothing", "", "#/inbox?q=has%3Aattachment%20sarah"],
  ["01-picked", "", "#/inbox/t/t1", pickSome],
  ["01-toast", "", "#/inbox/t/t1", (page) => page.keyboard.press("e")],
  ["01-hover", "", "#/inbox/t/t1", (page) => page.hover('[data-thread="t4"]')],
  ["01-arrived", "", "#/inbox/t/t1", arriveWhileReading],
  ["frame-1100", "", "#/inbox/t/t1", null, { width: 1100, height: 800 }],
  ["frame-900", "", "#/inbox/t/t1", null, { width: 900, height: 800 }],
  ["frame-700", "", "#/inbox/t/t1", null, { width: 700, height: 800 }],
  ["19-views", "", "#/inbox?q=overdue%3A30%20"],
  ["19-views-dark", "theme=dark&lang=sl", "#/inbox?q=status%3Aprospect%20", keepView],
  ["19-views-400", "lang=sl", "#/inbox", openDrawer, ...at(400)],
  ["19-rule", "", "#/inbox", ruleView],
  ["19-rule-kept", "", "#/inbox", (page) => ruleView(page, true)],
  ["19-rule-dark", "theme=dark&lang=sl", "#/inbox", ruleView],
  [
    "19-rule-400",
    "lang=sl",
    "#/inbox",
    (page) => openDrawer(page).then(() => ruleView(page)),
    ...at(400),
  ],
  ["19-order", "", "#/inbox", openOrders],
  ["19-order-dark", "theme=dark&lang=sl", "#/inbox", chooseOrder("Najprej zamudniki")],
  ["19-order-400", "", "#/inbox", chooseOrder("Overdue first"), ...at(400)],
  ["19-sent", "", "#/sent"],
  ["19-sent-400", "lang=sl&theme=dark", "#/sent", null, ...at(400)],
  ["19-documents", "", "#/inbox?q=2026-1"],
  ["19-documents-dark", "theme=dark&lang=sl", "#/inbox?q=ra%C4%8Dun%202026-1"],
  ["19-documents-400", "lang=sl", "#/inbox?q=2026-1", null, ...at(400)],
  ["19-document", "", "#/inbox?q=2026-1", openFoundDocument],
  ["17-facts", "", "#/inbox/t/t1", writeFacts],
  ["17-facts-dark", "theme=dark&lang=sl", "#/inbox/t/t1", openFacts],
  ["17-facts-400", "lang=sl", "#/inbox/t/t1", openFacts, ...at(400)],
  [
    "17-told",
    "",
    "#/inbox/t/t1",
    (page) => writeFacts(page).then(() => page.keyboard.press("Control+Enter")),
  ],
  ["19-saved", "", "#/inbox/t/t1", saveElsewhere],
  ["19-saved-400", "lang=sl&theme=dark", "#/inbox/t/t1", saveElsewhere, ...at(400)],
  ["17-typed", "", "#/inbox/t/t1", typeSlash],
  ["17-typed-value", "", "#/inbox/t/t1", typeBraces],
  ["17-typed-value-dark", "theme=dark&lang=sl", "#/inbox/t/t1", typeBraces],
  ["17-typed-400", "lang=sl", "#/inbox/t/t1", typeMissing, ...at(400)],
  ["17-guard", "changed", "#/inbox/t/t1", answer],
  ["17-guard-dark", "changed&theme=dark&lang=sl", "#/inbox/t/t1", answer],
  ["17-guard-400", "changed&collide&lang=sl", "#/inbox/t/t1", answer, ...at(400)],
  ["17-facts-rich", "", "#/inbox/t/t1", writeFactsRich],
  ["17-templates", "", "#/inbox/t/t1", openTemplates],
  ["17-templates-dark", "theme=dark&lang=sl", "#/inbox/t/t1", openTemplates],
  ["17-templates-400", "lang=sl", "#/inbox/t/t1", openTemplates, ...at(400)],
  ["17-template-new", "", "#/inbox/t/t1", writeTemplate],
  ["18-act-order", "", "#/inbox/t/t1", planOrder],
  ["18-act-order-dark", "theme=dark&lang=sl&acts=otherwise", "#/inbox/t/t1", writeOrder],
  [
    "18-act-order-400",
    "lang=sl",
    "#/inbox/t/t1",
    (page) => openDossierPage(page).then(() => planOrder(page)),
    ...at(400),
  ],
  ["18-act-form", "lang=sl", "#/inbox/t/t1", openOrder],
  ["18-act-form-dark", "theme=dark", "#/inbox/t/t1", openOrder],
  [
    "18-act-form-400",
    "lang=sl",
    "#/inbox/t/t1",
    (page) => openDossierPage(page).then(() => openOrder(page)),
    ...at(400),
  ],
  ["18-act-twin", "acts=twin&theme=dark", "#/inbox/t/t5", planPartner],
  ["18-act-offline", "team=offline&planned", "#/inbox/t/t1", lookAtPlanned],
  ["15-dossier-waiting", "facts=waiting", "#/inbox/t/t1"],
  ["15-dossier-off", "facts=off", "#/inbox/t/t1"],
  ["15-dossier-failing", "facts=failing", "#/inbox/t/t1"],
  ["15-dossier-old", "facts=old&theme=dark", "#/inbox/t/t1", openFirstDocument],
  ["15-dossier-ancient", "facts=ancient&lang=sl", "#/inbox/t/t1"],
  ["15-dossier-offline", "team=offline", "#/inbox/t/t1"],
  ["15-dossier-empty", "facts=empty", "#/inbox/t/t1"],
  ["15-dossier-currencies", "facts=currencies&lang=sl", "#/inbox/t/t1", openFirstDocument],
  ["15-dossier-twice", "facts=twice", "#/inbox/t/t1", toPartners],
  ["15-dossier-twice-dark", "facts=twice&theme=dark&lang=sl", "#/inbox/t/t1", toPartners],
  ["15-dossier-merged", "facts=merged&theme=dark&lang=sl", "#/inbox/t/t1", toPartners],
  ["15-dossier-several", "facts=several", "#/inbox/t/t1"],
  ["15-dossier-several-dark", "facts=several&theme=dark&lang=sl", "#/inbox/t/t1", chooseFirst],
  [
    "15-dossier-twice-400",
    "facts=twice&lang=sl",
    "#/inbox/t/t1",
    (page) => openDossierPage(page).then(() => toPartners(page)),
    ...at(400),
  ],
  ["15-dossier-none", "", "#/inbox/t/t5"],
  ["15-dossier-none-dark", "theme=dark&lang=sl", "#/inbox/t/t5"],
  ["15-dossier-link", "lang=sl", "#/inbox/t/t5", linkByName],
  ["15-dossier-no-mail", "", "#/inbox"],
  ["15-dossier-folded", "", "#/inbox/t/t1", (page) => page.keyboard.press("]")],
  ["15-dossier-changed", "", "#/inbox/t/t1", (page) => page.evaluate(() => window.ledger.pay())],
  ["15-dossier-1100", "", "#/inbox/t/t1", (page) => page.keyboard.press("]"), ...at(1100)],
  ["15-dossier-700", "", "#/inbox/t/t1", (page) => page.keyboard.press("]"), ...at(700)],
  ["15-dossier-400", "lang=sl", "#/inbox/t/t1", openDossierPage, ...at(400)],
  ["15-strip-400-dark", "theme=dark", "#/inbox/t/t5", null, ...at(400)],
  ["15-dossier-note", "", "#/inbox/t/t1", openNote],
  ["16-chip", "", "#/inbox/t/t1", openChip],
  ["16-chip-dark-1100", "theme=dark", "#/inbox/t/t1", openChip, ...at(1100)],
  ["16-chip-paper", "facts=papers", "#/inbox/t/t1"],
  ["16-chip-paper-dark", "facts=papers&theme=dark&lang=sl", "#/inbox/t/t1", openPaperChip],
  ["16-chip-paper-400", "facts=papers&lang=sl", "#/inbox/t/t1", null, ...at(400)],
  ["16-chip-paper-400-open", "facts=papers", "#/inbox/t/t1", openPaperChip, ...at(400)],
  ["16-chip-400", "lang=sl", "#/inbox/t/t1", openChip, ...at(400)],
  ["16-list-400", "lang=sl", "#/inbox", null, ...at(400)],
  ["16-list-compact", "density=compact&theme=dark", "#/inbox"],
  ["16-page", "", "#/customer/1600"],
  ["16-page-end", "", "#/customer/1600", toEnd],
  ["16-page-dark", "theme=dark&lang=sl", "#/customer/1600", openDocumentOfPage],
  ["16-page-tables", "facts=currencies", "#/customer/1600", tables2],
  ["16-page-merged", "facts=merged", "#/customer/1600", toPartners],
  ["16-page-empty", "facts=empty", "#/customer/1600"],
  ["16-page-empty-400", "facts=empty&theme=dark&lang=sl", "#/customer/1600", null, ...at(400)],
  ["16-page-waiting-400", "facts=waiting&theme=dark", "#/customer/1600", null, ...at(400)],
  ["16-page-failing", "facts=failing", "#/customer/1600"],
  ["16-page-waiting", "facts=waiting&lang=sl", "#/customer/1600"],
  ["16-page-offline", "team=offline", "#/customer/1600"],
  ["16-page-400", "lang=sl", "#/customer/1600", null, { width: 400, height: 2600 }],
  ["02-button", "", "#/inbox/t/t1"],
  ["02-team-activity", "", "#/inbox/t/t1", openTab("Activity")],
  ["02-team-activity-dark", "theme=dark", "#/inbox/t/t1", openTab("Activity")],
  ["02-team-activity-sl", "lang=sl", "#/inbox/t/t1", openTab("Dejavnost")],
  ["02-team-activity-400", "", "#/inbox/t/t1", openTab("Activity"), { width: 400, height: 860 }],
  ["02-button-400", "", "#/inbox/t/t1", null, { width: 400, height: 860 }],
  ["02-toolbar-mini", "look=mini", "#/inbox/t/t1"],
  ["02-toolbar", "look=expanded", "#/inbox/t/t1"],
  ["02-toolbar-dark-offline", "look=expanded&theme=dark&team=offline", "#/inbox"],
  ["02-toolbar-lately", "look=expanded", "#/inbox/t/t1", openPart("Lately")],
  ["02-toolbar-people", "look=expanded&theme=dark", "#/inbox/t/t1", openPart("colleagues online")],
  ["02-toolbar-call", "look=expanded&lang=sl", "#/inbox/t/t1", openPart("Klic")],
  ["02-toolbar-380", "look=expanded&lang=sl", "#/inbox", null, { width: 380, height: 700 }],
  [
    "02-toolbar-380-lately",
    "look=expanded&lang=sl",
    "#/inbox/t/t1",
    openPart("Nazadnje"),
    { width: 380, height: 700 },
  ],
  ["02-toolbar-write-400", "look=expanded", "#/inbox/t/t1", startReply, ...at(400)],
  ["02-toolbar-write-400-mini", "look=mini&theme=dark", "#/inbox/t/t1", startReply, ...at(400)],
  ["02-button-write-400", "", "#/inbox/t/t1", startReply, ...at(400)],
  ["02-toolbar-new-400", "look=expanded&lang=sl", "#/inbox?compose=new", null, ...at(400)],
  ["02-toolbar-380-mini", "look=mini&theme=dark", "#/inbox", null, { width: 380, height: 700 }],
  ["03-team-customer", "", "#/inbox/t/t1", openTab("Customer")],
  ["03-team-customer-dark", "theme=dark&team=offline", "#/inbox/t/t1", openTab("Customer")],
  [
    "03-team-customer-400",
    "lang=sl",
    "#/inbox/t/t1",
    openTab("Stranka"),
    { width: 400, height: 860 },
  ],
  ["03-team-history", "", "#/inbox/t/t1", openHistory],
  ["04-team-presence", "", "#/inbox/t/t1", openTab("Team")],
  ["04-team-presence-dark", "theme=dark&team=connecting", "#/inbox/t/t1", openTab("Team")],
  [
    "04-team-presence-400",
    "lang=sl",
    "#/inbox/t/t1",
    openTab("Ekipa"),
    { width: 400, height: 860 },
  ],
  ["04-team-alone", "team=alone", "#/inbox/t/t1", openTab("Team")],
  ["13-analytics", "", "#/analytics"],
  ["13-analytics-dark", "theme=dark&team=offline", "#/analytics", tables],
  ["13-analytics-sl-year", "lang=sl", "#/analytics", (page) => choose(page, "12 tednov", "Leto")],
  ["13-analytics-one", "", "#/analytics", (page) => choose(page, "Everyone", "Ana Zupančič")],
  ["13-analytics-alone", "team=alone", "#/analytics"],
  ["13-analytics-380", "lang=sl", "#/analytics", null, { width: 380, height: 3000 }],
  ["13-analytics-380-table", "theme=dark", "#/analytics", tables, { width: 380, height: 3600 }],
  ["13-analytics-end", "", "#/analytics", null, { width: 1440, height: 1500 }],
  ["09-settings-appearance", "look=expanded", "#/settings/appearance"],
  [
    "09-settings-appearance-380",
    "look=mini&lang=sl&theme=dark",
    "#/settings/appearance",
    null,
    { width: 380, height: 860 },
  ],
  ["09-settings-team", "", "#/settings/team"],
  ["09-settings-metakocka", "", "#/settings/metakocka"],
  ["09-settings-metakocka-first", "erp=first&theme=dark&lang=sl", "#/settings/metakocka"],
  [
    "09-settings-metakocka-400-dark",
    "theme=dark",
    "#/settings/metakocka",
    null,
    { width: 400, height: 1100 },
  ],
  ["09-settings-metakocka-off", "erp=off&team=alone", "#/settings/metakocka"],
  ["09-settings-metakocka-alone", "team=alone", "#/settings/metakocka"],
  ["09-settings-metakocka-alone-dark", "erp=first&team=alone&theme=dark", "#/settings/metakocka"],
  [
    "09-settings-metakocka-alone-380",
    "erp=lost&team=alone&lang=sl",
    "#/settings/metakocka",
    null,
    { width: 380, height: 1300 },
  ],
  [
    "09-settings-metakocka-alone-connect",
    "erp=off&team=alone&theme=dark",
    "#/settings/metakocka",
    (page) => page.getByRole("button", { name: "Connect Metakocka" }).click(),
  ],
  [
    "09-settings-metakocka-380",
    "erp=withdrawn&lang=sl",
    "#/settings/metakocka",
    null,
    { width: 380, height: 1100 },
  ],
  [
    "09-settings-metakocka-connect",
    "erp=off",
    "#/settings/metakocka",
    (page) => page.getByRole("button", { name: "Connect Metakocka" }).click(),
  ],
  [
    "09-settings-metakocka-disconnect",
    "",
    "#/settings/metakocka",
    (page) => page.getByRole("button", { name: "Disconnect…" }).click(),
  ],
  [
    "09-settings-metakocka-disconnect-380",
    "team=alone&lang=sl&theme=dark",
    "#/settings/metakocka",
    (page) => page.getByRole("button", { name: "Prekini povezavo …" }).click(),
    { width: 380, height: 860 },
  ],
  ["09-settings-notifications", "", "#/settings/notifications"],
  [
    "09-settings-notifications-400",
    "lang=sl&theme=dark",
    "#/settings/notifications",
    null,
    ...at(400),
  ],
  ["09-settings-join", "team=alone", "#/settings/team"],
  [
    "09-settings-join-400",
    "team=alone&lang=sl",
    "#/settings/team",
    null,
    { width: 400, height: 860 },
  ],
  ["11-conflict", "", "#/inbox/t/t1", openConflict],
  [
    "11-conflict-dark-400",
    "theme=dark&lang=sl",
    "#/inbox/t/t1",
    openConflict,
    { width: 400, height: 860 },
  ],
  ["07-health", "desk=busy&collide", "#/health"],
  ["07-health-dark", "theme=dark&desk=well&team=offline", "#/health"],
  [
    "07-health-400",
    "lang=sl&desk=busy&collide&team=needs_you",
    "#/health",
    null,
    { width: 400, height: 2400 },
  ],
  ["14-collision", "collide", "#/inbox/t/t1", answer],
  ["14-collision-dark", "collide&theme=dark", "#/inbox/t/t1", answer],
  ["14-collision-400", "collide&lang=sl", "#/inbox/t/t1", answer, { width: 400, height: 860 }],
  ["14-held", "collide", "#/inbox", (page) => page.getByRole("button", { name: "Decide" }).click()],
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

function at(width) {
  return [{ width, height: 860 }];
}

async function keepView(page) {
  await page.getByRole("button", { name: /Keep as view|Ohrani kot pogled/ }).click();
  await page.getByRole("dialog").waitFor();
}

async function openDrawer(page) {
  await page.click('[data-pane="list"] header button');
}

/** Flag and notify of what belongs to the first view. */
async function ruleView(page, closed = false) {
  await page.getByRole("button", { name: /^(More for|Več za) (Overdue|Zapadlo)/ }).click();
  const ticks = page.getByRole("menuitemcheckbox");
  await ticks.first().click();
  await ticks.last().click();
  await ticks.last().and(page.locator("[aria-checked=true]")).waitFor();
  if (!closed) return;
  await page.keyboard.press("Escape");
  await page.mouse.click(700, 700);
}

async function openOrders(page) {
  await page.getByRole("button", { name: /^(Order|Vrstni red):/ }).click();
}

function chooseOrder(name) {
  return async (page) => {
    await openOrders(page);
    await page.getByRole("menuitemradio", { name }).click();
  };
}

async function openFoundDocument(page) {
  await page.locator("[data-document]").first().click();
  await page.locator("[data-named-document]").waitFor();
}

async function openFirstDocument(page) {
  await page.locator('[data-pane="dossier"] li [aria-expanded="false"]').first().click();
}

async function openChip(page) {
  await page
    .getByRole("button", { name: /2026-1187/ })
    .first()
    .click();
}

/** A document that a file of the mail names. */
async function openPaperChip(page) {
  await page
    .getByRole("button", { name: /NAR-2026-0702/ })
    .first()
    .click();
}

async function toEnd(page) {
  await page.getByRole("button", { name: "Show as a table" }).first().waitFor();
  await page.locator("main [data-pane-focus]").evaluate((pane) => pane.scrollTo(0, 1e6));
}

async function openOrder(page) {
  await page.getByRole("button", { name: /Write to Metakocka|Zapiši v Metakocko/ }).click();
  await page.getByRole("menuitem", { name: /New order|Novo naročilo/ }).click();
  await page.getByRole("combobox", { name: /Code|Šifra/ }).fill("HR-PL-27");
}

async function planOrder(page) {
  await openOrder(page);
  await page.getByRole("button", { name: /See what is written|Pokaži, kaj se zapiše/ }).click();
  await page.getByRole("table").waitFor();
}

async function writeOrder(page) {
  await planOrder(page);
  await page.getByRole("button", { name: /^(Write it|Zapiši)$/ }).click();
  await page.getByRole("button", { name: /Done|Končano/ }).waitFor();
}

async function planPartner(page) {
  await page.getByRole("button", { name: "New customer from this sender" }).click();
  await page.getByRole("button", { name: "See what is written" }).click();
  await page.getByRole("list", { name: "Already in Metakocka" }).waitFor();
}

async function lookAtPlanned(page) {
  await page.getByRole("button", { name: "Look", exact: true }).click();
}

async function openDocumentOfPage(page) {
  await page.locator("main li [aria-expanded]").nth(1).click();
}

async function tables2(page) {
  for (const _ of "12") {
    await page.getByRole("button", { name: "Show as a table" }).first().click();
  }
}

/** Likely duplicates, or what a customer was merged from. */
async function toPartners(page) {
  const part = page.getByRole("region", { name: /^(Also in|Merged here|V Metakocki|Tukaj)/ });
  await part.scrollIntoViewIfNeeded();
}

/** The first of an address's customers. */
async function chooseFirst(page) {
  await page
    .getByRole("group", { name: /ima več strank/ })
    .getByRole("button")
    .first()
    .click();
  await page.getByRole("heading", { name: "Mizarstvo Kovač d.o.o." }).waitFor();
}

async function openDossierPage(page) {
  await page.locator('main button:has-text("Mizarstvo Kovač d.o.o.")').click();
}

async function openNote(page) {
  await page.getByRole("button", { name: "Write a note" }).click();
  await page.getByRole("textbox", { name: /^Note on the customer/ }).waitFor();
}

async function linkByName(page) {
  await page.getByRole("button", { name: "Poveži drugo stranko" }).click();
  await page.getByRole("combobox").fill("gor");
}

async function answer(page) {
  await page.locator("[data-quick-reply]").first().waitFor();
  await page.keyboard.press("r");
  await page.locator("[data-composer] textarea").waitFor();
  await page.keyboard.type("Potrjujem.");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("dialog").last().waitFor();
}

async function startReply(page) {
  await page.locator("[data-quick-reply]").first().waitFor();
  await page.keyboard.press("r");
  await page.locator("[data-composer] textarea").waitFor();
}

function openTab(name) {
  return async (page) => {
    await page.locator('button[data-pane="team"]').click();
    await page.getByRole("tab", { name }).click();
    await page.mouse.move(300, 500);
  };
}

function openPart(name) {
  return (page) => page.locator('[data-pane="team"]').getByRole("button", { name }).first().click();
}

async function tables(page) {
  for (const _ of "123") {
    await page
      .getByRole("button", { name: /^(Show as a table|Pokaži kot tabelo)$/ })
      .first()
      .click();
  }
}

async function choose(page, menu, item) {
  await page.getByRole("button", { name: menu }).click();
  await page.getByRole("menuitemradio", { name: item }).click();
}

async function openHistory(page) {
  await openTab("Customer")(page);
  await page.getByRole("button", { name: "Earlier versions" }).first().click();
}

async function openConflict(page) {
  await page.locator('button[data-pane="team"]').click();
  await page.getByRole("button", { name: /^(Decide|Odloči)$/ }).click();
}

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

async function writeFacts(page) {
  await page.keyboard.press("r");
  await page.locator("[data-composer] textarea").waitFor();
  await page.keyboard.type(
    "Pozdravljeni, Tomaž,\n\nnaročilo po ponudbi PN-2026-0418 znaša 4.123,80 € za 240 kos, dobava 4. decembra. Prevoz je 99,90 €.",
  );
  await page.locator("[data-composer] [data-at]").first().waitFor();
}

async function openFacts(page) {
  await writeFacts(page);
  await page.locator("[data-composer] button[aria-haspopup=dialog]").first().click();
}

async function openTemplates(page) {
  await page.keyboard.press("r");
  await page.locator("[data-composer] textarea").waitFor();
  await page.getByRole("button", { name: /Insert a template|Vstavi predlogo/ }).click();
  await page.keyboard.press("ArrowDown");
}

async function writeTemplate(page) {
  await openTemplates(page);
  await page.getByRole("button", { name: "New template" }).click();
}

async function writeFactsRich(page) {
  await writeFacts(page);
  await page.keyboard.press("Control+a");
  await page.getByRole("button", { name: "Bold" }).click();
  await page.locator("[data-composer] [contenteditable=true] strong").first().waitFor();
  await page.keyboard.press("ArrowRight");
}

async function typeSlash(page) {
  await startReply(page);
  await page.keyboard.type("Pozdravljeni, Tomaž,\n\n/");
  await page.getByRole("listbox").last().waitFor();
}

async function typeBraces(page) {
  await startReply(page);
  await page.keyboard.type("Pozdravljeni, Tomaž,\n\nodprto je še {{");
  await page.getByRole("option", { name: /order/ }).first().waitFor();
  await page.keyboard.press("ArrowDown");
}

async function typeMissing(page) {
  await typeBraces(page);
  await page.keyboard.type("due");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
}

async function saveElsewhere(page) {
  await page
    .getByRole("button", { name: /^(Save|Shrani) .*pdf/i })
    .first()
    .click();
  await page.getByRole("button", { name: /^(Save as…|Shrani kot …)$/ }).click();
  await page.getByRole("dialog").waitFor();
}
