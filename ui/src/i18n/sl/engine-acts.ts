import type { Sentence } from "../message.ts";

/** What the server says of writing into Metakocka. */
export const ACTS: readonly Sentence[] = [
  [
    "“{name}” is in Metakocka already. Use that customer, or say that it is somebody else.",
    "»{name}« je že v Metakocki. Uporabite to stranko ali povejte, da je nekdo drug.",
  ],
  [
    "“{text}” is too long for Metakocka, which takes {n} characters there. Shorten it.",
    "»{text}« je predolgo za Metakocko, ki tam sprejme {n} znakov. Skrajšajte.",
  ],
  [
    "The file has not arrived at the server yet. Look at it again in a moment.",
    "Datoteka še ni prispela na strežnik. Čez trenutek poglejte znova.",
  ],
  [
    "This very file is attached there already. It will not be attached twice.",
    "Prav ta datoteka je tam že priložena. Ne bo priložena dvakrat.",
  ],
  [
    "A file that may be this one is attached there already. Look there before you say yes.",
    "Tam je že priložena datoteka, ki je morda prav ta. Preden potrdite, poglejte tja.",
  ],
  [
    "Another file of this name is attached there already.",
    "Tam je že priložena druga datoteka s tem imenom.",
  ],
  [
    "It may be attached already: the server does not know what became of an earlier yes, and Metakocka does not show the files of such documents. Look there before you say yes.",
    "Morda je že priložena: strežnik ne ve, kaj je bilo s prejšnjo potrditvijo, in Metakocka pri takih dokumentih ne pokaže datotek. Preden potrdite, poglejte tja.",
  ],
  ["This customer has this contact already.", "Ta stranka ta stik že ima."],
  [
    "Metakocka keeps contacts with an address, and this customer has none. Add the address there first.",
    "Metakocka hrani stike pri naslovu, ta stranka pa ga nima. Najprej ga dodajte tam.",
  ],
  ["The document has this state already.", "Dokument to stanje že ima."],
  [
    "Metakocka lets other programs change the state of orders and invoices only. Change this one there.",
    "Metakocka dovoli drugim programom spreminjati stanje le naročil in računov. Tega spremenite tam.",
  ],
  ["This is more than is open.", "To je več, kot je odprto."],
  [
    "A payment of the same day and amount is noted there already.",
    "Plačilo istega dne in zneska je tam že zabeleženo.",
  ],
  [
    "Metakocka takes 100 characters about a payment. Shorten it.",
    "Metakocka sprejme 100 znakov o plačilu. Skrajšajte.",
  ],
  [
    "Metakocka does not have this customer as a buyer. Mark it as one there first.",
    "V Metakocki ta stranka ni označena kot kupec. Najprej jo označite tam.",
  ],
  [
    "Less of “{name}” is in stock than is on this document.",
    "Na zalogi je manj »{name}«, kot je na tem dokumentu.",
  ],
  ["Line {n}: {why}", "Postavka {n}: {why}"],
  [
    "Metakocka has no product with the code “{code}”. Choose one that is there.",
    "V Metakocki ni izdelka s šifro »{code}«. Izberite takega, ki je.",
  ],
  [
    "The product “{code}” is no longer in use in Metakocka.",
    "Izdelek »{code}« v Metakocki ni več v uporabi.",
  ],
  [
    "Metakocka takes a negative amount for services only.",
    "Metakocka sprejme negativno količino le pri storitvah.",
  ],
  [
    "The price lists have no price of “{code}” in {currency}. Enter one.",
    "V cenikih ni cene za »{code}« v {currency}. Vpišite jo.",
  ],
  [
    "The price lists do not say which tax “{code}” has. Enter it in percent.",
    "Ceniki ne povedo, kakšen davek ima »{code}«. Vpišite ga v odstotkih.",
  ],
  [
    "Metakocka has changed since you looked, so nothing was sent. Look at it again.",
    "Metakocka se je spremenila, odkar ste pogledali, zato ni bilo nič poslano. Poglejte znova.",
  ],
  [
    "It could not be sent in time, and nothing was. Look at it again and confirm it.",
    "Ni se dalo poslati pravočasno in nič ni bilo poslano. Poglejte znova in potrdite.",
  ],
  [
    "Metakocka gave no answer and has not written it. You may look at it again and confirm it once more.",
    "Metakocka ni odgovorila in tega ni zapisala. Lahko pogledate znova in še enkrat potrdite.",
  ],
  [
    "Metakocka gave no answer. It is not there so far and may still come; it is looked for again by itself.",
    "Metakocka ni odgovorila. Za zdaj tega tam ni in lahko še pride; Kontor sam pogleda znova.",
  ],
  [
    "Nobody can tell whether Metakocka has written this. Look there before you plan it anew.",
    "Nihče ne more reči, ali je Metakocka to zapisala. Poglejte tja, preden načrtujete znova.",
  ],
  [
    "Metakocka was disconnected before anybody could look whether this was written. Look there before you plan it anew.",
    "Povezava z Metakocko je bila prekinjena, preden je kdo pogledal, ali je to zapisano. Poglejte tja, preden načrtujete znova.",
  ],
  [
    "Metakocka was disconnected. Nothing was sent.",
    "Povezava z Metakocko je bila prekinjena. Nič ni bilo poslano.",
  ],
  [
    "Not done: something is on its way into Metakocka, and nobody knows yet whether it arrived ({what}). Wait until each says what became of it.",
    "Ni storjeno: nekaj je na poti v Metakocko in še se ne ve, ali je prispelo ({what}). Počakajte, da se za vsako izve, kaj je z njo.",
  ],
  ["No Metakocka is connected here.", "Tukaj ni povezana nobena Metakocka."],
  ["{why} Nothing was written.", "{why} Nič ni bilo zapisano."],
  [
    "No Metakocka is connected. An admin of the team connects it.",
    "Metakocka ni povezana. Poveže jo skrbnik ekipe.",
  ],
  [
    "There is no line to the team's server. The change stays planned; confirm it when the line is back.",
    "Povezave s strežnikom ekipe ni. Sprememba ostane načrtovana; potrdite jo, ko bo povezava.",
  ],
  [
    "No Metakocka is connected. Connect it in Settings, Metakocka, or join a team that has one.",
    "Metakocka ni povezana. Povežite jo v Nastavitvah, Metakocka, ali se pridružite ekipi, ki jo ima.",
  ],
  [
    "Nothing runs that talks to Metakocka. The change stays planned; confirm it when Kontor runs.",
    "Nič ne teče, kar bi govorilo z Metakocko. Sprememba ostane načrtovana; potrdite jo, ko bo Kontor tekel.",
  ],
  [
    "A file for Metakocka has at most 25 MB. Attach it there.",
    "Datoteka za Metakocko ima največ 25 MB. Priložite jo tam.",
  ],
  [
    "A file in one piece has at most 2.5 MB. Update Kontor to attach larger ones.",
    "Datoteka v enem kosu ima največ 2,5 MB. Za večje posodobite Kontor.",
  ],
  [
    "The team's server takes files of at most 2.5 MB until it is updated. Ask whoever looks after it, or attach the file in Metakocka.",
    "Strežnik ekipe do posodobitve sprejme datoteke do 2,5 MB. Obrnite se na skrbnika ali datoteko priložite v Metakocki.",
  ],
  // What was planned is incomplete
  [
    "A text has at most 2,000 characters, and no control characters but line breaks.",
    "Besedilo ima največ 2.000 znakov in nobenih krmilnih razen prelomov vrstic.",
  ],
  ["A customer needs a name. Enter one.", "Stranka potrebuje ime. Vpišite ga."],
  [
    "A contact needs a name or an address. Enter one.",
    "Stik potrebuje ime ali naslov. Vpišite vsaj eno.",
  ],
  [
    "A payment is more than nothing. Enter how much came.",
    "Plačilo je več kot nič. Vpišite, koliko je prišlo.",
  ],
  ["A payment is more than nothing.", "Plačilo je več kot nič."],
  [
    "Say how it was paid, in Metakocka's word for it.",
    "Povejte, kako je bilo plačano, z besedo iz Metakocke.",
  ],
  ["Say which state the document is to have.", "Povejte, kakšno stanje naj ima dokument."],
  ["The file has no name or nothing in it.", "Datoteka nima imena ali pa v njej ni ničesar."],
  [
    "The file did not arrive whole. Attach it anew.",
    "Datoteka ni prispela cela. Priložite jo znova.",
  ],
  ["A document has 1 to 200 lines.", "Dokument ima od 1 do 200 postavk."],
  ["A line needs the product's code.", "Postavka potrebuje šifro izdelka."],
  ["A line needs an amount.", "Postavka potrebuje količino."],
  ["A discount and a tax are 0 to 100 percent.", "Popust in davek sta od 0 do 100 odstotkov."],
  // What became of it
  ["This change is a colleague's. Plan your own.", "Ta sprememba je sodelavčeva. Načrtujte svojo."],
  [
    "Something else is planned under this id. Plan it anew.",
    "Pod to oznako je načrtovano nekaj drugega. Načrtujte znova.",
  ],
  [
    "This change moves faster than it can be asked for. Try again.",
    "Ta sprememba se premika hitreje, kot jo je mogoče vprašati. Poskusite znova.",
  ],
  [
    "It is not known here what is to be written. Look at it again.",
    "Tukaj ni znano, kaj naj bi se zapisalo. Poglejte znova.",
  ],
  [
    "This change is not understood by the server ({e}). Plan it anew.",
    "Strežnik te spremembe ne razume ({e}). Načrtujte znova.",
  ],
  [
    "Whether it was written is not known yet: {why} It is looked for again by itself.",
    "Ali je zapisano, še ni znano: {why} Kontor sam pogleda znova.",
  ],
  [
    "It is written, but could not be compared: {why} Look at it in Metakocka.",
    "Zapisano je, a ga ni bilo mogoče primerjati: {why} Poglejte v Metakocki.",
  ],
  ["Another company was connected meanwhile.", "Medtem je bilo povezano drugo podjetje."],
  // On this computer
  [
    "Something else is to be written by now. Look at it again and confirm it.",
    "Zapisati je treba zdaj nekaj drugega. Poglejte znova in potrdite.",
  ],
  ["No change {id} is planned here.", "Sprememba {id} tukaj ni načrtovana."],
  [
    "Several documents have the number “{number}”. Name one by its id: {one} or {other}.",
    "Več dokumentov ima številko »{number}«. Navedite enega z oznako: {one} ali {other}.",
  ],
  [
    "This planned change cannot be read ({e}). Plan it anew.",
    "Te načrtovane spremembe ni mogoče prebrati ({e}). Načrtujte znova.",
  ],
  [
    "This change is under way or over. See what became of it.",
    "Ta sprememba že teče ali je končana. Poglejte, kaj je z njo.",
  ],
];
