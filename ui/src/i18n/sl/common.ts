import type { common as english } from "../en/common.ts";
import type { Slovenian } from "../message.ts";

export const common: Slovenian<typeof english> = {
  "common.app": "Kontor",
  "common.undo": "Razveljavi",
  "common.tryAgain": "Poskusi znova",
  "common.close": "Zapri",
  "common.cancel": "Prekliči",
  "common.more": "Več",
  "common.menu": "Meni",
  "common.back": "Nazaj",
  "common.dismiss": "Opusti",
  "common.loading": "Nalaganje",
  "common.today": "Danes",
  "common.yesterday": "Včeraj",
  "common.resize": "Spremeni širino: {pane}",
  "common.noSubject": "(brez zadeve)",
  "common.unknownSender": "Neznan pošiljatelj",
  "common.crash.title": "Ta del okna se je ustavil.",
  "common.crash.safe": "Vaša pošta in vse, kar ste napisali, je varno v tem računalniku.",
  "common.crash.again": "Prikaži znova",
  "common.failed": "{what} {why}",
  "common.failed.kept": "Nič se ni spremenilo.",
};
