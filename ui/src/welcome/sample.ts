import type { MessageHead } from "../api/bindings.ts";

/** What the picture of the window at the first start shows: the day of the sample company. */
export type SampleRow = {
  from: string;
  subject: string;
  text: string;
  time: string;
  unread: boolean;
  count: number;
};

export const SAMPLE_ROWS: readonly SampleRow[] = [
  {
    from: "Tomaž Kovač",
    subject: "Re: Ponudba PN-2026-0418 – hrastove plošče",
    text: "hvala za ponudbo. Plošče potrjujemo, pri okovju pa prosim za spremembo",
    time: "09:42",
    unread: false,
    count: 4,
  },
  {
    from: "Sarah Whitfield",
    subject: "PO 4471: two pallets short on delivery",
    text: "We unloaded this morning and the driver’s note says six pallets",
    time: "09:31",
    unread: true,
    count: 2,
  },
  {
    from: "Nika Žagar",
    subject: "Vprašanje glede računa 2026-1204",
    text: "ali je na računu upoštevan dogovorjeni popust za oktober",
    time: "09:12",
    unread: true,
    count: 1,
  },
  {
    from: "Katharina Steiner",
    subject: "Re: Price list 2027",
    text: "Thank you, Maja. Could you hold the 2026 oak prices until the end",
    time: "08:55",
    unread: true,
    count: 6,
  },
  {
    from: "Peter Vidmar",
    subject: "Naročilo 26/118",
    text: "v prilogi pošiljam naročilo. Prosim za potrditev in rok dobave",
    time: "08:20",
    unread: false,
    count: 1,
  },
  {
    from: "Jonas Lindqvist",
    subject: "Re: Sample boards, finish 04 or 07?",
    text: "Finish 07, please. Our designer prefers the lighter one",
    time: "07:58",
    unread: false,
    count: 3,
  },
  {
    from: "Alenka Potočnik",
    subject: "Rok dobave za recepcijski pult",
    text: "montažerji so potrjeni za 2. december. Ali lahko računamo",
    time: "07:40",
    unread: false,
    count: 5,
  },
  {
    from: "Gregor Mlakar",
    subject: "Potrdilo o plačilu 2.318,60 €",
    text: "Plačilo računa 2026-1172 je bilo izvedeno danes",
    time: "07:12",
    unread: false,
    count: 1,
  },
  {
    from: "Lesna tržnica",
    subject: "Tedenski pregled cen lesa",
    text: "Hrast +1,2 %, bukev brez sprememb, jesen −0,4 %",
    time: "06:30",
    unread: false,
    count: 1,
  },
];

const at = (text: string): string => new Date(text).toISOString();

const blank = {
  messageId: null,
  cc: [],
  replyTo: [],
  unread: false,
  flagged: false,
  draft: false,
  hasAttachment: false,
  bodyHere: true,
  placements: [],
};
const sales = { name: "", address: "prodaja@hrastvijak.example" };
const tomaz = { name: "Tomaž Kovač", address: "tomaz@mizarstvo-kovac.example" };

export const SAMPLE_SUBJECT = "Ponudba PN-2026-0418 – hrastove plošče in okovje";

/** The day the sample company lives in. */
export const SAMPLE_NOW = new Date("2026-11-19T09:47:00");

export const SAMPLE_OLD: MessageHead = {
  ...blank,
  id: "sample-1",
  subject: SAMPLE_SUBJECT,
  from: [{ name: "Maja Hribar", address: "maja@hrastvijak.example" }],
  to: [tomaz],
  date: at("2026-11-12T10:04:00"),
  outgoing: true,
  snippet: "V prilogi je ponudba za hrastove plošče in okovje, veljavna do 30. novembra",
};

export const SAMPLE_OPEN: MessageHead = {
  ...blank,
  id: "sample-4",
  subject: SAMPLE_SUBJECT,
  from: [tomaz],
  to: [sales],
  cc: [{ name: "Nina Kovač", address: "nina@mizarstvo-kovac.example" }],
  date: at("2026-11-19T09:42:00"),
  outgoing: false,
  snippet: "",
};

export const SAMPLE_ITEMS = [
  ["Hrastova plošča 26 mm, A/B", "38 m²", "2.451,00 €"],
  ["Spona 110° z dušilcem", "240 kos", "924,00 €"],
  ["Vodilo 500 mm, polni izvlek", "24 par", "748,80 €"],
] as const;

export const SAMPLE_FILES = [
  ["red", "PDF", "Naročilo-2026-11.pdf", "184 kB"],
  ["green", "XLS", "Količine-popravek.xlsx", "22 kB"],
] as const;
