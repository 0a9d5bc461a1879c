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
