import type { Sentence } from "../message.ts";

/** What Metakocka's client and the server's mirror say. See `engine.ts`. */
export const ERP: readonly Sentence[] = [
  [
    "Metakocka does not accept this company number and key{said}. Look them up in Metakocka under Settings, API, and enter them again.",
    "Metakocka te številke podjetja in ključa ne sprejme{said}. Poiščite ju v Metakocki pod Nastavitve, API, in ju vpišite znova.",
  ],
  [
    "Metakocka refused this: {message} (code {code}). Correct what it names and try again.",
    "Metakocka je to zavrnila: {message} (koda {code}). Popravite, kar navaja, in poskusite znova.",
  ],
  [
    "Metakocka does not have this{said}. It may have been deleted there.",
    "Metakocka tega nima{said}. Morda je bilo tam izbrisano.",
  ],
  [
    "Metakocka cannot be reached ({e}). Try again later.",
    "Metakocka ni dosegljiva ({e}). Poskusite pozneje.",
  ],
  [
    "Metakocka has not answered within {n} s. Try again later.",
    "Metakocka ni odgovorila v {n} s. Poskusite pozneje.",
  ],
  [
    "This address is not Metakocka's: {found}. Correct the address; it usually is https://main.metakocka.si.",
    "Ta naslov ni Metakockin: {found}. Popravite ga; navadno je https://main.metakocka.si.",
  ],
  [
    "Metakocka's answer cannot be read ({e}). Try again later.",
    "Metakockinega odgovora ni mogoče prebrati ({e}). Poskusite pozneje.",
  ],
  [
    "Metakocka has failed several times in a row and is asked again in {n} s.",
    "Metakocka je večkrat zapored odpovedala; znova jo vprašam čez {n} s.",
  ],
  [
    "The keychain of this computer no longer has what opens Metakocka's key. Enter Metakocka's key again; nothing else is lost.",
    "V shrambi gesel tega računalnika ni več tistega, kar odpre ključ Metakocke. Vpišite ga znova; drugo ni izgubljeno.",
  ],
  ["The key did not arrive; enter it again.", "Ključ ni prišel; vpišite ga znova."],
  [
    "An internal error mixed up two answers; try again.",
    "Notranja napaka je zamešala dva odgovora; poskusite znova.",
  ],
  ["There was no answer in time; try again.", "Odgovora ni bilo pravočasno; poskusite znova."],
  [
    "This profile belongs to a team now; its server is asked from here on.",
    "Ta profil je zdaj v ekipi; odslej odgovarja njen strežnik.",
  ],
  ["Metakocka is reached by https://.", "Metakocka je dosegljiva prek https://."],
  [
    "This server keeps no keys: ask who runs it to connect Metakocka.",
    "Ta strežnik ključev ne hrani: Metakocko naj poveže njegov upravljavec.",
  ],
  [
    "The server cannot keep keys: ask who runs it.",
    "Strežnik ključev ne more hraniti: vprašajte njegovega upravljavca.",
  ],
];
