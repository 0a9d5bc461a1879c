import type { Address } from "../src/api/bindings.ts";

const person = (name: string, address: string): Address => ({ name, address });

export const PEOPLE = {
  maja: person("Maja Hribar", "maja@hrastvijak.example"),
  prodaja: person("", "prodaja@hrastvijak.example"),
  tomaz: person("Tomaž Kovač", "tomaz@mizarstvo-kovac.example"),
  nina: person("Nina Kovač", "nina@mizarstvo-kovac.example"),
  sarah: person("Sarah Whitfield", "sarah@brightwater.example"),
  nika: person("Nika Žagar", "nika@studio-zagar.example"),
  katharina: person("Katharina Steiner", "k.steiner@moebel-steiner.example"),
  mateja: person("Mateja Gorenc", "mateja@gorenc-gradnje.example"),
  peter: person("Peter Vidmar", "peter@parketarstvo-vidmar.example"),
  jonas: person("Jonas Lindqvist", "jonas@nordhavn.example"),
  alenka: person("Alenka Potočnik", "alenka@hotel-jezero.example"),
  gregor: person("Gregor Mlakar", "gregor@kuhinje-mlakar.example"),
  trznica: person("Lesna tržnica", "novice@lesna-trznica.example"),
  roman: person("Roman Hočevar", "roman@stolarstvo-hocevar.example"),
} as const;

/** One conversation of the sample company, as short as it can be written. */
export type Letter = {
  who: readonly Address[];
  subject: string;
  at: string;
  snippet: string;
  count?: number;
  unread?: boolean;
  file?: boolean;
  flagged?: boolean;
  answered?: boolean;
  /** Of our own mails: whom they went to. */
  to?: readonly Address[];
};

const P = PEOPLE;

/** What was sent lately. */
export const SENT: readonly Letter[] = [
  {
    who: [P.maja],
    to: [P.tomaz, P.nina],
    subject: "Re: Ponudba PN-2026-0418 – hrastove plošče in okovje",
    at: "2026-11-19T08:51",
    snippet: "v prilogi pošiljam popravljeno ponudbo",
    file: true,
  },
  {
    who: [P.maja],
    to: [P.mateja],
    subject: "Vzorci hrastovega poda",
    at: "2026-11-18T15:20",
    snippet: "vzorce smo danes oddali na pošto",
  },
  {
    who: [P.maja],
    to: [P.katharina],
    subject: "Reminder: invoice 2026-0993",
    at: "2026-11-17T10:02",
    snippet: "we did not see the payment of our invoice yet",
  },
];

/** The inbox on Thursday, 19 November 2026. */
export const INBOX: readonly Letter[] = [
  {
    who: [P.tomaz],
    subject: "Re: Ponudba PN-2026-0418 – hrastove plošče in okovje",
    at: "2026-11-19T09:42",
    snippet: "hvala za ponudbo. Plošče potrjujemo, pri okovju pa prosim za spremembo količin",
    count: 4,
    file: true,
  },
  {
    who: [P.sarah],
    subject: "PO 4471: two pallets short on delivery",
    at: "2026-11-19T09:31",
    snippet: "We unloaded this morning and counted six of eight pallets",
    count: 2,
    unread: true,
  },
  {
    who: [P.nika],
    subject: "Vprašanje glede računa 2026-1204",
    at: "2026-11-19T09:12",
    snippet: "ali je na računu upoštevan dogovorjeni popust za oktober? Po naši evidenci bi",
    unread: true,
  },
  {
    who: [P.katharina],
    subject: "Re: Price list 2027",
    at: "2026-11-19T08:55",
    snippet: "Thank you, Maja. Could you hold the 2026 oak prices for orders placed before",
    count: 6,
    unread: true,
    file: true,
  },
  {
    who: [P.mateja],
    subject: "Povpraševanje: okovje za 14 kuhinj",
    at: "2026-11-19T08:40",
    snippet: "Pozdravljeni, opremljamo nov stanovanjski blok v Kranju in iščemo dobavitelja",
    unread: true,
  },
  {
    who: [P.peter],
    subject: "Naročilo 26/118",
    at: "2026-11-19T08:20",
    snippet: "v prilogi pošiljam naročilo. Prosim za potrditev in predviden datum odpreme.",
    file: true,
  },
  {
    who: [P.jonas],
    subject: "Re: Sample boards, finish 04 or 07?",
    at: "2026-11-19T07:58",
    snippet: "Finish 07, please. Our designer prefers the lighter grain for the Malmö showroom",
    count: 3,
    answered: true,
  },
  {
    who: [P.alenka],
    subject: "Rok dobave za recepcijski pult",
    at: "2026-11-18T17:40",
    snippet: "montažerji so potrjeni za 2. december. Ali lahko računamo na dobavo dan prej?",
    count: 5,
    flagged: true,
  },
  {
    who: [P.gregor],
    subject: "Potrdilo o plačilu 2.318,60 €",
    at: "2026-11-18T16:05",
    snippet: "Plačilo računa 2026-1172 je bilo izvedeno danes. Potrdilo je v prilogi.",
    file: true,
  },
  {
    who: [P.trznica],
    subject: "Tedenski pregled cen lesa",
    at: "2026-11-18T14:30",
    snippet: "Hrast +1,2 %, bukev brez sprememb, jesen −0,4 %. Zaloge na avstrijskem trgu",
  },
  {
    who: [P.sarah],
    subject: "Credit terms for 2027",
    at: "2026-11-18T13:12",
    snippet: "Following our call, could you confirm 45 days net for orders above 5,000 EUR?",
    count: 2,
  },
  {
    who: [P.roman, P.peter],
    subject: "Reklamacija: poškodovana vodila",
    at: "2026-11-18T11:26",
    snippet: "tri od dvanajstih vodil so prispela z zvito stranico. Fotografije so v prilogi.",
    count: 2,
    file: true,
  },
  {
    who: [P.nina],
    subject: "Potrdilo: račun 2026-1187",
    at: "2026-11-17T15:04",
    snippet: "V prilogi vračam potrjen račun, plačilo bo izvedeno do petka.",
    file: true,
  },
  {
    who: [P.nina],
    subject: "Vprašanje: dva računa za isto dobavo?",
    at: "2026-10-28T10:15",
    snippet: "prejeli smo dva računa z enako dobavnico. Ali je eden izmed njiju dobropis?",
    file: true,
  },
];

const SUBJECTS = [
  "Naročilo okovja za teden {n}",
  "Re: Ponudba PN-2026-0{n}",
  "Delivery note {n}",
  "Vprašanje o roku dobave {n}",
  "Invoice copy 2026-1{n}",
] as const;

/** Older mail without a story, so that the list has a length. */
export function olderLetters(count: number): Letter[] {
  const people = Object.values(PEOPLE).slice(2);
  const start = Date.parse("2026-11-15T16:00Z");
  return Array.from({ length: count }, (_, index) => {
    const who = people[index % people.length] ?? P.tomaz;
    const subject = (SUBJECTS[index % SUBJECTS.length] ?? "").replace("{n}", String(100 + index));
    return {
      who: [who],
      subject,
      at: new Date(start - index * 5_400_000 * (1 + (index % 3))).toISOString().slice(0, 16),
      snippet: "Spoštovani, pošiljamo podatke za naslednjo dobavo in prosimo za kratko potrditev.",
      count: 1 + (index % 4),
      file: index % 3 === 0,
    };
  });
}

/** The opened mail of the sample, as Rust would hand it over: safe, remote pictures left out. */
export const ORDER_HTML = `<!doctype html><html><head><meta charset="utf-8"></head><body lang="sl">
<p>Pozdravljena, Maja,</p>
<p>hvala za ponudbo. Plošče potrjujemo, pri okovju pa prosim za spremembo količin: v delavnici smo ugotovili, da za zgornje omarice potrebujemo več spon. Popravljena tabela je spodaj.</p>
<table width="100%" cellpadding="6" style="border-collapse:collapse;font-size:13px"><tr><th align="left">Artikel</th><th align="right">Količina</th><th align="right">Cena</th><th align="right">Skupaj</th></tr>
<tr><td>Hrastova plošča 26 mm, A/B</td><td align="right">38 m²</td><td align="right">64,50 €</td><td align="right">2.451,00 €</td></tr>
<tr><td>Spona 110° z dušilcem</td><td align="right"><s>180</s> <b>240 kos</b></td><td align="right">3,85 €</td><td align="right">924,00 €</td></tr>
<tr><td>Vodilo 500 mm, polni izvlek</td><td align="right">24 par</td><td align="right">31,20 €</td><td align="right">748,80 €</td></tr>
<tr><td><b>Skupaj brez DDV</b></td><td></td><td></td><td align="right"><b>4.123,80 €</b></td></tr></table>
<p>Ali lahko potrdite dobavo do petka, 4. decembra? Montaža je v ponedeljek zjutraj, zato je rok za nas pomemben. Račun 2026-1187 je pri računovodstvu, Nina ga bo poravnala ta teden.</p>
<p>Lep pozdrav,<br>Tomaž Kovač</p></body></html>`;
