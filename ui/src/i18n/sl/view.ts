import type { view as english } from "../en/view.ts";
import type { Slovenian } from "../message.ts";

export const view: Slovenian<typeof english> = {
  "view.section": "Pogledi",
  "view.overdue": "Zapadlo > 30 dni",
  "view.first": "Prvi stik",
  "view.keep": "Ohrani kot pogled",
  "view.keepDo": "Ohrani",
  "view.kept": "{name} je zdaj v stranski vrstici.",
  "view.name": "Ime",
  "view.needsName": "Potrebuje ime.",
  "view.more": "Več za {name}",
  "view.rule": "Ko prispe takšno sporočilo",
  "view.ruleStar": "Označi ga z zastavico",
  "view.ruleTell": "Obvesti me",
  "view.stars": "novo pošto označi z zastavico",
  "view.tells": "obvesti o novi pošti",
  "view.ruleFailed": "Ravnanje z novo pošto ni bilo spremenjeno.",
  "view.rename": "Preimenuj",
  "view.renameTitle": "Preimenuj pogled",
  "view.renameDo": "Preimenuj",
  "view.remove": "Odstrani",
  "view.keepFailed": "Pogled ni bil ohranjen.",
  "view.removeFailed": "Pogled ni bil odstranjen.",
};
