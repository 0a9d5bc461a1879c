import type { Settings } from "../src/api/bindings.ts";
import { serve } from "../test/transport.ts";
import { Acts } from "./acts.ts";
import { Crew } from "./crew.ts";
import { Ledger } from "./customers.ts";
import { Desk } from "./desk.ts";
import { Mirror } from "./erp.ts";
import { Office } from "./office.ts";

/**
 * `?lang=sl&theme=dark&density=compact&state=offline|first|empty|none&desk=busy|well&team=live|alone|offline|connecting&facts=usual|off|waiting|failing|old|ancient|empty|currencies&erp=live|first|withdrawn|off`
 * choose what is shown; `collide` lets colleagues answer what is answered here, `changed` documents change while one writes; the part after `#` is the window's own address. `window.office` lets a script make mail arrive.
 */
const asked = new URLSearchParams(window.location.search);
const office = new Office(asked.get("state") ?? "usual");
office.settings = {
  ...office.settings,
  language: (asked.get("lang") ?? "en") as Settings["language"],
  theme: (asked.get("theme") ?? "light") as Settings["theme"],
  density: (asked.get("density") ?? "comfortable") as Settings["density"],
};
const crew = new Crew(asked.get("team") ?? "live");
const desk = new Desk(asked.get("desk") ?? "usual");
if (asked.has("collide")) desk.collide();
if (asked.has("changed")) desk.change();
const ledger = new Ledger(asked.get("facts") ?? "usual");
office.shelf.customers = asked.get("facts") !== "off";
const acts = new Acts(asked.get("acts") ?? "usual");
if (asked.has("planned")) acts.plan("set_status", { fields: [] });
Object.assign(window, { office, crew, ledger, acts });
serve({
  ...office.handlers(),
  ...desk.handlers(),
  ...crew.handlers(),
  ...ledger.handlers(),
  ...acts.handlers(),
  ...new Mirror(asked.get("erp") ?? "live").handlers(),
});

await import("../src/main.tsx");
