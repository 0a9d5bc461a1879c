import type { Sentence } from "../message.ts";
import { ACTS } from "./engine-acts.ts";
import { CONNECTION } from "./engine-connection.ts";
import { ERP } from "./engine-erp.ts";
import { TEAM } from "./engine-team.ts";

/** What to do about a mail that was refused: the last sentence of the server's refusal. */
export const NEXT: readonly (readonly [english: string, slovenian: string])[] = [
  ["Change the mail and send it again.", "Spremenite sporočilo in ga pošljite znova."],
  ["It will be tried again.", "Kontor bo poskusil znova."],
  ["There is no such mailbox: check the address.", "Takega poštnega predala ni, preverite naslov."],
  [
    "There is no mail server for this domain: check the part after the @.",
    "Za to domeno ni poštnega strežnika, preverite del za znakom @.",
  ],
  ["The recipient's mailbox is full.", "Naslovnikov predal je poln."],
  [
    "The mail is too large: make its attachments smaller.",
    "Sporočilo je preveliko, zmanjšajte priponke.",
  ],
  [
    "The receiving side could not verify that the mail comes from your domain: ask whoever runs your mail.",
    "Prejemna stran ni mogla potrditi, da sporočilo prihaja z vaše domene; vprašajte skrbnika svoje pošte.",
  ],
  [
    "A rule of the server forbids it: ask whoever runs your mail.",
    "Pravilo strežnika to prepoveduje; vprašajte skrbnika svoje pošte.",
  ],
  [
    "The server asks for patience; it will be tried again.",
    "Strežnik prosi za potrpljenje; Kontor bo poskusil znova.",
  ],
];

/**
 * What the engine says, sentence by sentence. The key is the sentence as the engine writes it in English, with a name
 * for each part that differs; `why`, `next` and sometimes `reply` are sentences themselves and are said in Slovenian,
 * too, and `doing` is one of [`DOINGS`]. `{said}` is what the server answered, in brackets, or nothing; a server's words stay as they are.
 *
 * Many of these sentences are kept in the store (why an account is offline, why a mail has not left) and shown by
 * programs that speak English only; so the window recognises them instead of the engine writing them twice.
 */
export const ENGINE: readonly Sentence[] = [
  ...ACTS,
  ...CONNECTION,
  ...ERP,
  ...TEAM,
  // What was done and refused
  ["The server refused to {doing}{said}.", "Strežnik je zavrnil {doing}{said}."],
  [
    "The server refused to {doing}: the folder is not there any more{said}.",
    "Strežnik je zavrnil {doing}: mape ni več{said}.",
  ],
  [
    "The server refused to {doing}: the mailbox is full{said}. Delete mail or ask for more space.",
    "Strežnik je zavrnil {doing}: poštni predal je poln{said}. Izbrišite pošto ali prosite za več prostora.",
  ],
  [
    "The server refused to {doing}: this account is not allowed to{said}.",
    "Strežnik je zavrnil {doing}: ta račun tega ne sme{said}.",
  ],
  [
    "{n} of your changes were undone because the server refused them: {why}",
    {
      one: "{n} vaša sprememba je bila razveljavljena, ker jo je strežnik zavrnil: {why}",
      two: "{n} vaši spremembi sta bili razveljavljeni, ker ju je strežnik zavrnil: {why}",
      few: "{n} vaše spremembe so bile razveljavljene, ker jih je strežnik zavrnil: {why}",
      other: "{n} vaših sprememb je bilo razveljavljenih, ker jih je strežnik zavrnil: {why}",
    },
  ],
  [
    "The server refused and the change was undone: {why}",
    "Strežnik je zavrnil, sprememba je razveljavljena: {why}",
  ],
  [
    "The message is not in the folder it was moved to.",
    "Sporočila ni v mapi, v katero je bilo premaknjeno.",
  ],
  ["The target folder is gone.", "Ciljne mape ni več."],
  ["The folder just made is gone.", "Pravkar ustvarjene mape ni več."],
  ["The folder was made anew at the server.", "Mapa je bila na strežniku ustvarjena na novo."],
  [
    "The folder was made anew at the server; it must be listed again before anything is done in it.",
    "Mapa je bila na strežniku ustvarjena na novo; preden se v njej kaj naredi, jo je treba znova prebrati.",
  ],
  ["Its text is no longer here.", "Njegovega besedila ni več tukaj."],
  [
    "The folder of a message is gone; look again.",
    "Mape enega od sporočil ni več; poglejte znova.",
  ],
  ["This cannot be undone any more.", "Tega ni več mogoče razveljaviti."],
  ["Nothing to move.", "Ni česa premakniti."],
  [
    "A message can only be moved within its account.",
    "Sporočilo je mogoče premakniti le znotraj njegovega računa.",
  ],
  [
    "A message cannot be moved to another account; copy or forward it instead.",
    "Sporočila ni mogoče premakniti v drug račun; posredujte ga.",
  ],
  ["There is no such folder.", "Takšne mape ni."],
  ["“{name}” only holds folders, no mail.", "»{name}« vsebuje samo mape, pošte ne."],
  ["There is no {what} here.", "Tega tu ni več ({what})."],
  [
    "It cannot be done now. It is kept and done later.",
    "Zdaj tega ni mogoče narediti. Shranjeno je in se naredi pozneje.",
  ],
  ["The server has not done it yet.", "Strežnik tega še ni naredil."],
  [
    "{why} What you did is kept and carried out later.",
    "{why} Kar ste naredili, je shranjeno in se izvede pozneje.",
  ],
  [
    "The server has not answered yet. What is here stays here; try again later.",
    "Strežnik še ni odgovoril. Kar je tu, ostane tu; poskusite pozneje.",
  ],
  ["The request was lost; try again.", "Zahteva se je izgubila; poskusite znova."],
  ["The server does not have this mail any more.", "Strežnik tega sporočila nima več."],
  // Sending
  ["The mail has no recipient.", "Sporočilo nima naslovnika."],
  ["The sender {e}.", "Naslov pošiljatelja ni uporaben ({e})."],
  ["The recipient {e}.", "Naslov naslovnika ni uporaben ({e})."],
  [
    "The mail has no recipient. Add one in To, Cc or Bcc.",
    "Sporočilo nima naslovnika. Dodajte ga v Za, Kp ali Skp.",
  ],
  [
    "The mail was not sent to anyone; it was refused{about}: {reply} {next}",
    "Sporočilo ni bilo poslano nikomur, strežnik ga je zavrnil{about}: {reply} {next}",
  ],
  [
    "It is not known whether the mail was sent. {why} Look in Sent before sending it again.",
    "Ni znano, ali je bilo sporočilo poslano. {why} Preden ga pošljete znova, poglejte med poslano.",
  ],
  [
    "{why} It may or may not have been delivered. Ask a recipient or look in Sent, then send it again or cancel it.",
    "{why} Morda je bilo dostavljeno, morda ne. Vprašajte naslovnika ali poglejte med poslano, nato ga pošljite znova ali vrnite.",
  ],
  ["Kontor was interrupted while it was being sent.", "Kontor je bil prekinjen med pošiljanjem."],
  [
    "This account only reads mail: it has no outgoing server. Add the account anew with one.",
    "Ta račun pošto samo prejema, strežnika za pošiljanje nima. Dodajte račun znova s strežnikom za pošiljanje.",
  ],
  [
    "This account only reads mail: no server for sending is set in its settings.",
    "Ta račun pošto samo prejema, strežnik za pošiljanje v nastavitvah ni določen.",
  ],
  ["The text of this mail is no longer kept.", "Besedilo tega sporočila ni več shranjeno."],
  ["The mail was taken back.", "Sporočilo je bilo vrnjeno."],
  [
    "The mail has {size} and {host} takes at most {limit}; make its attachments smaller.",
    "Sporočilo je veliko {size}, {host} sprejme največ {limit}; zmanjšajte priponke.",
  ],
  [
    "The address {address} has letters outside ASCII before the @ and {host} does not take such addresses (no SMTPUTF8); use another address of this person, or another account.",
    "Naslov {address} ima pred znakom @ črke zunaj ASCII, ki jih {host} ne sprejme (ni SMTPUTF8); uporabite drug naslov te osebe ali drug račun.",
  ],
  [
    "The mail holds letters outside ASCII in raw form and {host} takes 7-bit mail only (no 8BITMIME); it must be encoded as quoted-printable or base64.",
    "Sporočilo vsebuje neposredno zapisane črke zunaj ASCII, {host} pa sprejme le 7-bitno pošto (ni 8BITMIME); zapisano mora biti kot quoted-printable ali base64.",
  ],
  [
    '{host} answered the whole mail with "{reply}".',
    "{host} je na celo sporočilo odgovoril z »{reply}«.",
  ],
  ["This message has already been sent.", "To sporočilo je že poslano."],
  ["This message is being sent just now.", "To sporočilo se prav zdaj pošilja."],
  [
    "The text of this message is no longer kept; write it anew.",
    "Besedilo tega sporočila ni več shranjeno; napišite ga znova.",
  ],
  [
    "This mail was not written here; it was cancelled.",
    "To sporočilo ni bilo napisano tu; vrnjeno je.",
  ],
  ["Add an account first; then you can write.", "Najprej dodajte račun, potem lahko pišete."],
  ...NEXT,
  // Reading
  [
    "The text is still on the server and could not be fetched now.",
    "Besedilo je še na strežniku in ga zdaj ni bilo mogoče prenesti.",
  ],
  ["This text is still on the server.", "To besedilo je še na strežniku."],
  ["The message has no attachment {n}.", "Sporočilo nima priponke {n}."],
  ["The message has no such picture.", "Sporočilo nima takšne slike."],
  ["The message names no sender.", "Sporočilo nima pošiljatelja."],
  ["There are too many files called “{name}” already.", "Datotek z imenom »{name}« je že preveč."],
  // What is wrong with a mail
  ["The message has no header.", "Sporočilo nima glave."],
  [
    "A line in the header is no header field and was left out.",
    "Vrstica v glavi ni polje in je izpuščena.",
  ],
  ["The date cannot be read.", "Datuma ni mogoče prebrati."],
  [
    "The header has unencoded characters; their charset was guessed.",
    "V glavi so nekodirani znaki; njihov nabor je uganjen.",
  ],
  [
    "A multipart names no boundary and is shown as text.",
    "Večdelno sporočilo nima meje in je prikazano kot besedilo.",
  ],
  [
    "A multipart's boundary does not occur and it is shown as text.",
    "Meje večdelnega sporočila ni, zato je prikazano kot besedilo.",
  ],
  [
    "A multipart ends without its closing boundary; the mail may be cut off.",
    "Večdelno sporočilo nima zaključne meje; morda je odrezano.",
  ],
  [
    "An attachment's base64 is damaged; what could be read is shown.",
    "Zapis base64 priponke je poškodovan; prikazano je, kar se da prebrati.",
  ],
  [
    "Quoted-printable escapes are damaged and shown as they are.",
    "Zapis quoted-printable je poškodovan in prikazan, kot je.",
  ],
  [
    "The transfer encoding is unknown; the bytes are shown as they are.",
    "Kodiranje prenosa ni znano; vsebina je prikazana, kot je.",
  ],
  ["The charset is unknown and was guessed.", "Nabor znakov ni znan in je uganjen."],
  [
    "The text is not in the charset it claims; the charset was guessed.",
    "Besedilo ni v naboru znakov, ki ga navaja; nabor je uganjen.",
  ],
  [
    "The message is nested too deeply or has too many parts; the rest is not shown.",
    "Sporočilo je pregloboko gnezdeno ali ima preveč delov; preostanek ni prikazan.",
  ],
  [
    "The winmail.dat is damaged; what could be read is shown.",
    "Datoteka winmail.dat je poškodovana; prikazano je, kar se da prebrati.",
  ],
  [
    "The text is very long and only its beginning can be searched.",
    "Besedilo je zelo dolgo; iskati je mogoče le po njegovem začetku.",
  ],
  // Accounts and settings
  ["“{email}” is not an e-mail address.", "»{email}« ni e-poštni naslov."],
  [
    "The account {email} is already set up; remove it first or change it.",
    "Račun {email} je že dodan; najprej ga odstranite ali spremenite.",
  ],
  [
    "{n} mails of {email} have not left yet. Send or cancel them first.",
    {
      one: "{n} sporočilo računa {email} še ni odšlo. Najprej ga pošljite ali vrnite.",
      two: "{n} sporočili računa {email} še nista odšli. Najprej ju pošljite ali vrnite.",
      few: "{n} sporočila računa {email} še niso odšla. Najprej jih pošljite ali vrnite.",
      other: "{n} sporočil računa {email} še ni odšlo. Najprej jih pošljite ali vrnite.",
    },
  ],
  [
    "Comparing runs every 2 to 10 minutes, and a mail can be taken back for 60 seconds at most.",
    "Primerjava teče na 2 do 10 minut, sporočilo pa je mogoče vrniti največ 60 sekund.",
  ],
  [
    "{provider} does not let mail programs sign in with the usual password. Look on its web site for an app password.",
    "{provider} poštnim programom ne dovoli prijave z običajnim geslom. Na njegovi strani poiščite geslo za aplikacije.",
  ],
  [
    "No mail servers were found for {domain}. Ask your provider for the names of its IMAP and SMTP servers and enter them by hand.",
    "Za {domain} ni bilo mogoče najti poštnih strežnikov. Ponudnika vprašajte za imeni strežnikov IMAP in SMTP ter ju vpišite ročno.",
  ],
  [
    "There is no network here, so nobody could be asked for the mail servers. Try again when there is one, or enter the names of the IMAP and SMTP servers by hand.",
    "Ni povezave, zato za poštne strežnike ni bilo koga vprašati. Poskusite znova, ko bo, ali imeni strežnikov IMAP in SMTP vpišite ročno.",
  ],
  [
    "{domain} publishes no settings; these servers answered where one would look for them.",
    "{domain} nastavitev ne objavlja; ta strežnika sta odgovorila tam, kjer bi ju človek iskal.",
  ],
  [
    "{hosts} does not belong to {domain}. Enter your password only if you know that your mail is kept there.",
    "{hosts} ne sodi k {domain}. Geslo vpišite le, če veste, da je vaša pošta tam.",
  ],
  [
    "Google wants an app password here: switch on 2-Step Verification and make one at myaccount.google.com/apppasswords.",
    "Google tu zahteva geslo za aplikacije: vklopite preverjanje v dveh korakih in ga ustvarite na myaccount.google.com/apppasswords.",
  ],
  [
    "Microsoft does not let mail programs sign in with a password any more; this account needs the Microsoft sign-in.",
    "Microsoft poštnim programom ne dovoli več prijave z geslom; ta račun potrebuje prijavo Microsoft.",
  ],
  [
    "Apple wants an app-specific password here: make one at account.apple.com.",
    "Apple tu zahteva geslo za aplikacijo: ustvarite ga na account.apple.com.",
  ],
  [
    "Yahoo wants an app password here: make one under Account Security on its web site.",
    "Yahoo tu zahteva geslo za aplikacije: ustvarite ga na njegovi strani pod Account Security.",
  ],
  [
    "AOL wants an app password here: make one under Account Security on its web site.",
    "AOL tu zahteva geslo za aplikacije: ustvarite ga na njegovi strani pod Account Security.",
  ],
  [
    "Fastmail wants an app password here: make one under Settings, Privacy & Security.",
    "Fastmail tu zahteva geslo za aplikacije: ustvarite ga pod Settings, Privacy & Security.",
  ],
  [
    "T-Online wants its own e-mail password here, made in the customer centre.",
    "T-Online tu zahteva svoje geslo za e-pošto, ki ga ustvarite v središču za stranke.",
  ],
  [
    "IMAP must be switched on in the settings on the provider's web site first.",
    "IMAP je treba najprej vklopiti v nastavitvah na ponudnikovi strani.",
  ],
  // This computer
  ["The mail store cannot be written: {e}", "V shrambo pošte ni mogoče pisati: {e}"],
  [
    "The disk that holds the mail store is full; free some space and try again.",
    "Disk s shrambo pošte je poln; sprostite prostor in poskusite znova.",
  ],
  [
    "The mail store may not be written; check the permissions of its folder.",
    "V shrambo pošte ni dovoljeno pisati; preverite dovoljenja njene mape.",
  ],
  [
    "Another program has been using the mail store for over a minute; close it or try again.",
    "Drug program shrambo pošte uporablja že več kot minuto; zaprite ga ali poskusite znova.",
  ],
  [
    "The mail store is damaged ({e}); run `kontorctl doctor`.",
    "Shramba pošte je poškodovana ({e}); zaženite `kontorctl doctor`.",
  ],
  [
    "An internal error stopped a change of the mail store; the change was not made.",
    "Notranja napaka je ustavila spremembo v shrambi pošte; sprememba ni bila narejena.",
  ],
  ["The mail store is closed.", "Shramba pošte je zaprta."],
  [
    "No keychain answers on this computer ({e}); start the keyring service (for example gnome-keyring) and Kontor again, or set KONTOR_KEYCHAIN=file:PATH to keep passwords in a file that only you can read.",
    "V tem računalniku ne odgovarja nobena shramba gesel ({e}); zaženite njeno storitev (na primer gnome-keyring) in znova Kontor ali nastavite KONTOR_KEYCHAIN=file:POT, da bodo gesla v datoteki, ki jo lahko berete le vi.",
  ],
  [
    "The keychain is locked or access was declined ({e}); unlock your keyring and try again.",
    "Shramba gesel je zaklenjena ali je bil dostop zavrnjen ({e}); odklenite jo in poskusite znova.",
  ],
  [
    "An internal error stopped this; nothing was changed.",
    "Notranja napaka je to ustavila; nič ni bilo spremenjeno.",
  ],
  [
    "An internal error stopped the reading of a message; it stays on the server.",
    "Notranja napaka je ustavila branje sporočila; ostaja na strežniku.",
  ],
  // The search
  [
    "“in:” wants the name of a folder, such as in:inbox.",
    "»in:« potrebuje ime mape, na primer in:inbox.",
  ],
  [
    "“{operator}:” knows only {operator}:attachment.",
    "»{operator}:« pozna samo {operator}:attachment.",
  ],
  [
    "“{operator}:” knows unread, read, flagged and answered.",
    "»{operator}:« pozna neprebrano, prebrano, označeno in odgovorjeno.",
  ],
  [
    "“{operator}:” wants a day such as {operator}:2026-11-20.",
    "»{operator}:« potrebuje dan, na primer {operator}:2026-11-20.",
  ],
  [
    "“customer:” wants a name, an id or a number, such as customer:novak.",
    "»stranka:« potrebuje ime, oznako ali številko, na primer stranka:novak.",
  ],
  ["“customer:” finds no customer called {name}.", "»stranka:« ne najde stranke z imenom {name}."],
  [
    "“doc:” wants the number of a document, such as doc:2026-1187.",
    "»dokument:« potrebuje številko dokumenta, na primer dokument:2026-1187.",
  ],
  [
    "“status:” knows overdue, new, active, sleeping and prospect.",
    "»stanje:« pozna zamuja, nova, aktivna, spi in možna.",
  ],
  [
    "“overdue:” wants a number of days, such as overdue:30 for more than 30.",
    "»zapadlo:« potrebuje število dni, na primer zapadlo:30 za več kot 30.",
  ],
  [
    "“first:” knows only first:contact, mails of people who are new here.",
    "»prvi:« pozna le prvi:stik, sporočila ljudi, ki so tu novi.",
  ],
  [
    "A view needs a search and a name of at most 80 letters.",
    "Pogled potrebuje iskanje in ime z največ 80 črkami.",
  ],
  ["There are 50 views: remove one first.", "Pogledov je 50: najprej odstranite enega."],
  ["This view is no longer here.", "Tega pogleda ni več tu."],
  ["“{text}” is no day such as 2026-11-20.", "»{text}« ni dan, na primer 2026-11-20."],
  // The window
  ["There is no Downloads folder: {e}", "Mape Prenosi ni: {e}"],
  [
    "There is no folder “{folder}”. Name one that is there.",
    "Mape »{folder}« ni. Navedite tako, ki obstaja.",
  ],
  ["A file needs a name.", "Datoteka potrebuje ime."],
  ["Kontor did not save this file.", "Te datoteke ni shranil Kontor."],
  ["The folder does not open: {e}", "Mapa se ne odpre: {e}"],
  ["There is no folder for it: {e}", "Zanjo ni mape: {e}"],
  ["No program opens this file: {e}", "Te datoteke ne odpre noben program: {e}"],
  ["The browser does not open: {e}", "Brskalnik se ne odpre: {e}"],
  [
    "{number} changed in Metakocka while your mail waited. It was not sent: send it anyway, or take it back.",
    "{number} se je v Metakocki spremenil, medtem ko je sporočilo čakalo. Ni bilo poslano: vseeno ga pošljite ali ga vzemite nazaj.",
  ],
  ["A template needs a name and a text.", "Predloga potrebuje ime in besedilo."],
  ["There is no placeholder {names}.", "Podatka {names} ni."],
  ["There is no template “{name}”.", "Predloge »{name}« ni."],
  [
    "There is a template “{name}” already. Change that one, or take another name.",
    "Predloga »{name}« že obstaja. Spremenite njo ali izberite drugo ime.",
  ],
  [
    "The template “{name}” cannot be filled in: nothing is known here for {names}.",
    "Predloge »{name}« ni mogoče izpolniti: tukaj ni znano {names}.",
  ],
  ["Links of this kind are not opened.", "Povezav te vrste Kontor ne odpira."],
];

/** What a server was asked to do, in the accusative. */
export const DOINGS: Readonly<Record<string, string>> = {
  "announce new mail": "naznanjanje nove pošte",
  "change the flags": "spremembo oznak",
  "delete the messages": "izbris sporočil",
  "do this": "to",
  "file the message": "shranjevanje sporočila",
  "go on": "nadaljevanje",
  "list the folders": "seznam map",
  "look at the folder": "pogled v mapo",
  "look for the messages": "iskanje sporočil",
  "make the folder": "ustvarjanje mape",
  "move the messages": "premik sporočil",
  "open the folder": "odpiranje mape",
  "protect the connection": "zaščito povezave",
  "read a message": "branje sporočila",
  "read messages": "branje sporočil",
  "read the flags": "branje oznak",
  "read the newest messages": "branje najnovejših sporočil",
  "say what it can do": "seznam zmožnosti",
  search: "iskanje",
  "sign in": "prijavo",
  "talk to Kontor": "pogovor s Kontorjem",
};
