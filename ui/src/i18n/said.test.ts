import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { voiceOf } from "./language.tsx";
import { inSlovenian } from "./said.ts";
import { DOINGS, ENGINE } from "./sl/engine.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Rooms whose sentences reach the window. */
const ROOMS = [
  ...[
    "auth",
    "collab",
    "engine",
    "mail",
    "mail-imap",
    "metakocka",
    "mime",
    "protocol",
    "sqlite",
    "store",
  ].map((room) => join(ROOT, "crates", room, "src")),
  join(ROOT, "server", "src"),
];

function sourcesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sourcesIn(path);
    return path.endsWith(".rs") && !/tests?\.rs$/.test(path) ? [path] : [];
  });
}

/** The texts a source file writes, its own tests and comments left out; holes without their names. */
function textsIn(path: string): string[] {
  const [code = ""] = readFileSync(path, "utf8").split("#[cfg(test)]");
  const bare = code.replace(/^\s*\/\/.*$/gm, "");
  return [...bare.matchAll(/"((?:[^"\\]|\\[\s\S])*)"/g)].map(([, text = ""]) =>
    holes(text.replace(/\\\n\s*/g, "").replaceAll('\\"', '"')),
  );
}

const holes = (text: string) => text.replace(/\{[^{}]*\}/g, "{}");

/** As the engine shows a library's words: a capital first, a full stop last. */
const sentence = (text: string) => {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
};

it("knows only sentences that somebody still says", () => {
  const sources = [...ROOMS, join(ROOT, "src-tauri", "src")].flatMap(sourcesIn);
  const texts = new Set(sources.flatMap(textsIn));
  const said = new Set([...texts].map(sentence));
  const gone = ENGINE.map(([english]) => holes(english)).filter(
    (english) =>
      !said.has(english) && !texts.has(english) && !texts.has(english.replace(/: \{\}$/, "")),
  );
  expect(gone, "reworded in Rust: say it anew here").toEqual([]);
  const doings = Object.keys(DOINGS).filter((doing) => !texts.has(doing));
  expect(doings, "no server is asked this any more").toEqual([]);
});

/** Rooms where every sentence may become the reason of an account, a mail or a change. */
const TOLD = [
  "engine/src/account",
  "engine/src/acting.rs",
  "engine/src/crm/act.rs",
  "engine/src/line.rs",
  "engine/src/team",
  "mail-imap/src/dial.rs",
  "mail-imap/src/fault.rs",
  "mail-imap/src/session",
  "mail-imap/src/smtp",
  "mail-imap/src/tls.rs",
  "mail-imap/src/watch.rs",
  "protocol/src/act",
  "server/src/core/acts",
];

/** Said to programs, or to nobody. */
const NOT_TOLD = new Set([
  "A message is filed, not applied.",
  "An internal error mixed up two answers; try again.",
  "The mail was accepted for delivery.",
  "Message {} is not in that folder.",
  "Message {} lies in several folders. Say which with --from FOLDER.",
]);

it("knows every reason an account, a mail or a change can have", () => {
  const all = ROOMS.flatMap(sourcesIn).filter((path) => TOLD.some((room) => path.includes(room)));
  const known = new Set(ENGINE.map(([english]) => holes(english)));
  const sentences = all.flatMap(textsIn).filter((text) => /^[A-Z{“].* .*[a-z{}).]\.$/.test(text));
  const unknown = sentences.filter((text) => !known.has(text) && !NOT_TOLD.has(text));
  expect(sentences.length, "the sources are found").toBeGreaterThan(50);
  expect(unknown, "would be shown in English: say it in sl/engine.ts").toEqual([]);
});

it.each([
  ["imap.x.example does not answer on port 993.", "imap.x.example na vratih 993 ne odgovarja."],
  [
    "Instant mail does not work: The mail server has not answered for too long. Looking every 30 seconds.",
    "Sprotna pošta ne deluje: Poštni strežnik predolgo ni odgovoril. Preverjam vsakih 30 sekund.",
  ],
  [
    "The server refused to move the messages: the folder is not there any more (Mailbox doesn't exist: Arhiv).",
    "Strežnik je zavrnil premik sporočil: mape ni več (Mailbox doesn't exist: Arhiv).",
  ],
  ["The server refused to open the folder.", "Strežnik je zavrnil odpiranje mape."],
  ["The server refused to dance (No).", "Strežnik je zavrnil »dance« (No)."],
  [
    "The mail server does not accept this name and password. Check both; some providers want an app password.",
    "Poštni strežnik ne sprejme tega imena in gesla. Preverite oboje; nekateri ponudniki zahtevajo geslo za aplikacije.",
  ],
  [
    "The mail was not sent to anyone; it was refused for ana@x.example: 550 5.1.1 No such user. There is no such mailbox: check the address.",
    "Sporočilo ni bilo poslano nikomur, strežnik ga je zavrnil za ana@x.example: 550 5.1.1 No such user. Takega poštnega predala ni, preverite naslov.",
  ],
  [
    "Kontor was interrupted while it was being sent. It may or may not have been delivered. Ask a recipient or look in Sent, then send it again or cancel it.",
    "Kontor je bil prekinjen med pošiljanjem. Morda je bilo dostavljeno, morda ne. Vprašajte naslovnika ali poglejte med poslano, nato ga pošljite znova ali vrnite.",
  ],
  [
    "2 of your changes were undone because the server refused them: The target folder is gone.",
    "2 vaši spremembi sta bili razveljavljeni, ker ju je strežnik zavrnil: Ciljne mape ni več.",
  ],
  [
    "5 of your changes were undone because the server refused them: whatever",
    "5 vaših sprememb je bilo razveljavljenih, ker jih je strežnik zavrnil: whatever",
  ],
  [
    "The mail was not sent to anyone; it was refused: The mail has no recipient. Change the mail and send it again.",
    "Sporočilo ni bilo poslano nikomur, strežnik ga je zavrnil: Sporočilo nima naslovnika. Spremenite sporočilo in ga pošljite znova.",
  ],
  [
    "It is written, but could not be compared: Metakocka does not have this. It may have been deleted there. Look at it in Metakocka.",
    "Zapisano je, a ga ni bilo mogoče primerjati: Metakocka tega nima. Morda je bilo tam izbrisano. Poglejte v Metakocki.",
  ],
  ["Mailbox maintenance tonight.", "V izvirniku: »Mailbox maintenance tonight.«"],
  ["", ""],
])("says %j in Slovenian", (english, slovenian) => {
  expect(inSlovenian(english)).toBe(slovenian);
  expect(voiceOf("en").t.said(english), "English stays as it is").toBe(english);
});

it("quotes a long answer of a server as it came", () => {
  const long = `${"( The server (said) ".repeat(2000)}.`;
  expect(inSlovenian(long), "and no pattern tries everything with everything").toContain(long);
});
