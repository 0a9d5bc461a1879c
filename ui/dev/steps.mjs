/**
 * What is done in the sample company's window before a picture of it is taken: each takes the page to what its name says.
 */
export async function keepView(page) {
  await page.getByRole("button", { name: /Keep as view|Ohrani kot pogled/ }).click();
  await page.getByRole("dialog").waitFor();
}

export async function openDrawer(page) {
  await page.click('[data-pane="list"] header button');
}

/** Flag and notify of what belongs to the first view. */
export async function ruleView(page, closed = false) {
  await page.getByRole("button", { name: /^(More for|Več za) (Overdue|Zapadlo)/ }).click();
  const ticks = page.getByRole("menuitemcheckbox");
  await ticks.first().click();
  await ticks.last().click();
  await ticks.last().and(page.locator("[aria-checked=true]")).waitFor();
  if (!closed) return;
  await page.keyboard.press("Escape");
  await page.mouse.click(700, 700);
}

export async function openOrders(page) {
  await page.getByRole("button", { name: /^(Order|Vrstni red):/ }).click();
}

export function chooseOrder(name) {
  return async (page) => {
    await openOrders(page);
    await page.getByRole("menuitemradio", { name }).click();
  };
}

export async function openFoundDocument(page) {
  await page.locator("[data-document]").first().click();
  await page.locator("[data-named-document]").waitFor();
}

export async function openFirstDocument(page) {
  await page.locator('[data-pane="dossier"] li [aria-expanded="false"]').first().click();
}

export async function openChip(page) {
  await page
    .getByRole("button", { name: /2026-1187/ })
    .first()
    .click();
}

/** A document that a file of the mail names. */
export async function openPaperChip(page) {
  await page
    .getByRole("button", { name: /NAR-2026-0702/ })
    .first()
    .click();
}

export async function toEnd(page) {
  await page.getByRole("button", { name: "Show as a table" }).first().waitFor();
  await page.locator("main [data-pane-focus]").evaluate((pane) => pane.scrollTo(0, 1e6));
}

export async function openOrder(page) {
  await page.getByRole("button", { name: /Write to Metakocka|Zapiši v Metakocko/ }).click();
  await page.getByRole("menuitem", { name: /New order|Novo naročilo/ }).click();
  await page.getByRole("combobox", { name: /Code|Šifra/ }).fill("HR-PL-27");
}

export async function planOrder(page) {
  await openOrder(page);
  await page.getByRole("button", { name: /See what is written|Pokaži, kaj se zapiše/ }).click();
  await page.getByRole("table").waitFor();
}

export async function writeOrder(page) {
  await planOrder(page);
  await page.getByRole("button", { name: /^(Write it|Zapiši)$/ }).click();
  await page.getByRole("button", { name: /Done|Končano/ }).waitFor();
}

export async function planPartner(page) {
  await page.getByRole("button", { name: "New customer from this sender" }).click();
  await page.getByRole("button", { name: "See what is written" }).click();
  await page.getByRole("list", { name: "Already in Metakocka" }).waitFor();
}

export async function lookAtPlanned(page) {
  await page.getByRole("button", { name: "Look", exact: true }).click();
}

export async function openDocumentOfPage(page) {
  await page.locator("main li [aria-expanded]").nth(1).click();
}

export async function tables2(page) {
  for (const _ of "12") {
    await page.getByRole("button", { name: "Show as a table" }).first().click();
  }
}

/** Likely duplicates, or what a customer was merged from. */
export async function toPartners(page) {
  const part = page.getByRole("region", { name: /^(Also in|Merged here|V Metakocki|Tukaj)/ });
  await part.scrollIntoViewIfNeeded();
}

/** The first of an address's customers. */
export async function chooseFirst(page) {
  await page
    .getByRole("group", { name: /ima več strank/ })
    .getByRole("button")
    .first()
    .click();
  await page.getByRole("heading", { name: "Mizarstvo Kovač d.o.o." }).waitFor();
}

export async function openDossierPage(page) {
  await page.locator('main button:has-text("Mizarstvo Kovač d.o.o.")').click();
}

export async function openNote(page) {
  await page.getByRole("button", { name: "Write a note" }).click();
  await page.getByRole("textbox", { name: /^Note on the customer/ }).waitFor();
}

export async function linkByName(page) {
  await page.getByRole("button", { name: "Poveži drugo stranko" }).click();
  await page.getByRole("combobox").fill("gor");
}

export async function answer(page) {
  await page.locator("[data-quick-reply]").first().waitFor();
  await page.keyboard.press("r");
  await page.locator("[data-composer] textarea").waitFor();
  await page.keyboard.type("Potrjujem.");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("dialog").last().waitFor();
}

export async function startReply(page) {
  await page.locator("[data-quick-reply]").first().waitFor();
  await page.keyboard.press("r");
  await page.locator("[data-composer] textarea").waitFor();
}

export function openTab(name) {
  return async (page) => {
    await page.locator('button[data-pane="team"]').click();
    await page.getByRole("tab", { name }).click();
    await page.mouse.move(300, 500);
  };
}

export function openPart(name) {
  return (page) => page.locator('[data-pane="team"]').getByRole("button", { name }).first().click();
}

export async function tables(page) {
  for (const _ of "123") {
    await page
      .getByRole("button", { name: /^(Show as a table|Pokaži kot tabelo)$/ })
      .first()
      .click();
  }
}

export async function choose(page, menu, item) {
  await page.getByRole("button", { name: menu }).click();
  await page.getByRole("menuitemradio", { name: item }).click();
}

export async function openHistory(page) {
  await openTab("Customer")(page);
  await page.getByRole("button", { name: "Earlier versions" }).first().click();
}

export async function openConflict(page) {
  await page.locator('button[data-pane="team"]').click();
  await page.getByRole("button", { name: /^(Decide|Odloči)$/ }).click();
}

export async function pickSome(page) {
  await page.hover('[data-thread="t3"]');
  await page.locator('[data-thread="t3"] + div button').first().click();
  await page.locator('[data-thread="t5"]').click({ modifiers: ["Shift"] });
}

export async function arriveWhileReading(page) {
  await page.hover('[data-thread="t4"]');
  await page.mouse.wheel(0, 400);
  await page.waitForTimeout(200);
  await page.evaluate(async () => {
    await window.office.arrive();
    await window.office.arrive({ at: "2026-11-19T09:52" });
  });
}

export async function writeFacts(page) {
  await page.keyboard.press("r");
  await page.locator("[data-composer] textarea").waitFor();
  await page.keyboard.type(
    "Pozdravljeni, Tomaž,\n\nnaročilo po ponudbi PN-2026-0418 znaša 4.123,80 € za 240 kos, dobava 4. decembra. Prevoz je 99,90 €.",
  );
  await page.locator("[data-composer] [data-at]").first().waitFor();
}

export async function openFacts(page) {
  await writeFacts(page);
  await page.locator("[data-composer] button[aria-haspopup=dialog]").first().click();
}

export async function openTemplates(page) {
  await page.keyboard.press("r");
  await page.locator("[data-composer] textarea").waitFor();
  await page.getByRole("button", { name: /Insert a template|Vstavi predlogo/ }).click();
  await page.keyboard.press("ArrowDown");
}

export async function writeTemplate(page) {
  await openTemplates(page);
  await page.getByRole("button", { name: "New template" }).click();
}

export async function writeFactsRich(page) {
  await writeFacts(page);
  await page.keyboard.press("Control+a");
  await page.getByRole("button", { name: "Bold" }).click();
  await page.locator("[data-composer] [contenteditable=true] strong").first().waitFor();
  await page.keyboard.press("ArrowRight");
}

export async function typeSlash(page) {
  await startReply(page);
  await page.keyboard.type("Pozdravljeni, Tomaž,\n\n/");
  await page.getByRole("listbox").last().waitFor();
}

export async function typeBraces(page) {
  await startReply(page);
  await page.keyboard.type("Pozdravljeni, Tomaž,\n\nodprto je še {{");
  await page.getByRole("option", { name: /order/ }).first().waitFor();
  await page.keyboard.press("ArrowDown");
}

export async function typeMissing(page) {
  await typeBraces(page);
  await page.keyboard.type("due");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
}

export async function saveElsewhere(page) {
  await page
    .getByRole("button", { name: /^(Save|Shrani) .*pdf/i })
    .first()
    .click();
  await page.getByRole("button", { name: /^(Save as…|Shrani kot …)$/ }).click();
  await page.getByRole("dialog").waitFor();
}
